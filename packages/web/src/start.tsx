import { loadConnectionSettings } from './connection/connection-settings.ts';
import { StartPage } from './features/start/start-page.tsx';
import { mount } from './ui/mount.tsx';

void loadConnectionSettings();
mount(<StartPage />);
