/** Orders from one node to others. With one process there is nobody else, and the local adapter loops back. */
export type ControlCommand =
  | {
      readonly type: 'disconnect';
      readonly user: string;
      readonly client?: string;
      /** Connection ids that stay. */
      readonly except?: readonly string[];
      readonly code: number;
      readonly reason: string;
    }
  | {
      readonly type: 'unsubscribe';
      readonly user: string;
      readonly channel: string;
      readonly client?: string;
    }
  | {
      readonly type: 'subscribe';
      readonly user: string;
      readonly channel: string;
      readonly client?: string;
    }
  | {
      readonly type: 'refresh';
      readonly user: string;
      readonly client?: string;
      readonly expired: boolean;
      readonly expiresAt?: number;
    };

export interface ControlBus {
  start(handler: (command: ControlCommand) => void): Promise<void>;
  send(command: ControlCommand): Promise<void>;
  close(): Promise<void>;
}
