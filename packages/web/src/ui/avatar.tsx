import { colourOf, initialOf } from './avatar-look.ts';
import './avatar.css';

/** The first letter of a name on its colour; decoration, the name itself stands beside it. */
export const Avatar = ({ name }: { name: string }) => (
  <span className={`avatar colour-${colourOf(name)}`} aria-hidden="true">
    {initialOf(name)}
  </span>
);
