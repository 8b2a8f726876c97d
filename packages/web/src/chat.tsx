import { ChatPage } from './features/chat/chat-page.tsx';
import { mount } from './ui/mount.tsx';

mount(<ChatPage />);
