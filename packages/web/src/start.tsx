import { StartPage } from './features/start/start-page.tsx';
import { mount } from './ui/mount.tsx';

mount(<StartPage />);
