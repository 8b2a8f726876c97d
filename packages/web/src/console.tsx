import { mount } from './ui/mount.tsx';

mount(<h1>Console</h1>);
