/** On whose behalf an operation runs. Comes from verified credentials, never from a payload. */
export type Actor =
  /** A person (the token's `sub`): sees and does only what their memberships allow. */
  | { readonly user: string; readonly backend?: never }
  /** A holder of an API key: may act for anybody; `onBehalfOf` names the person it speaks as. */
  | { readonly backend: true; readonly onBehalfOf?: string; readonly user?: never };

/** The person an operation speaks as; undefined for a backend that names nobody. */
export const personOf = (actor: Actor): string | undefined =>
  actor.backend === true ? actor.onBehalfOf : actor.user;
