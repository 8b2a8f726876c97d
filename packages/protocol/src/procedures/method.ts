/** The procedures by their RPC name, for typed clients: types only, nothing of it is left at run time. */
import type * as broadcasting from './broadcasting.ts';
import type * as chat from './chat.ts';
import type * as client from './client.ts';
import type * as consoleOrders from './console-orders.ts';
import type * as console from './console.ts';
import type * as inbox from './inbox.ts';
import type { InputOf, OutputOf, Procedure } from './procedure.ts';
import type * as tasks from './tasks.ts';
import type * as uploads from './uploads.ts';
import type * as users from './users.ts';

type Declared = typeof broadcasting &
  typeof chat &
  typeof client &
  typeof console &
  typeof consoleOrders &
  typeof inbox &
  typeof tasks &
  typeof uploads &
  typeof users;

type AnyProcedure = Extract<Declared[keyof Declared], Procedure>;

type ByName = { readonly [P in AnyProcedure as P['name']]: P };

/** `chat.send`, `inbox.list` … */
export type Method = keyof ByName;

export type MethodInput<M extends Method> = InputOf<ByName[M]>;
export type MethodOutput<M extends Method> = OutputOf<ByName[M]>;
