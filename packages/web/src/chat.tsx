import { loadConnectionSettings } from './connection/connection-settings.ts';
import { ChatPage } from './features/chat/chat-page.tsx';
import { mount } from './ui/mount.tsx';

void loadConnectionSettings();
mount(<ChatPage />);
