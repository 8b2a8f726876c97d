import { MessengerPage } from './features/messenger/messenger-page.tsx';
import { mount } from './ui/mount.tsx';

mount(<MessengerPage />);
