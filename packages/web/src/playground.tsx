import { mount } from './ui/mount.tsx';

mount(<h1>Playground</h1>);
