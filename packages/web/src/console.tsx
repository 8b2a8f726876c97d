import { ConsolePage } from './features/console/console-page.tsx';
import { mount } from './ui/mount.tsx';

mount(<ConsolePage />);
