import { colourOf, initialOf } from './message-rows.ts';

/** The first letter of a name on its colour; decoration, the name itself stands beside it. */
export const Avatar = ({ name }: { name: string }) => (
  <span className={`avatar colour-${colourOf(name)}`} aria-hidden="true">
    {initialOf(name)}
  </span>
);
