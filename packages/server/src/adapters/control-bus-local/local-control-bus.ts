/** The control bus of a single process: what is sent is carried out here, at once. */
import type { ControlBus, ControlCommand } from '../../ports/control-bus.ts';

export function createLocalControlBus(): ControlBus {
  let handle: ((command: ControlCommand) => void) | undefined;
  return {
    start(handler) {
      handle = handler;
      return Promise.resolve();
    },
    send(command) {
      handle?.(command);
      return Promise.resolve();
    },
    close() {
      handle = undefined;
      return Promise.resolve();
    },
  };
}
