import { PlaygroundPage } from './features/playground/playground-page.tsx';
import { mount } from './ui/mount.tsx';

mount(<PlaygroundPage />);
