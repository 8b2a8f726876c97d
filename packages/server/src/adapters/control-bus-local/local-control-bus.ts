/** The control bus of a single process: what is sent or asked is carried out here, at once. */
import type { ControlBus, ControlHandler } from '../../ports/control-bus.ts';

export function createLocalControlBus(): ControlBus {
  let handler: ControlHandler | undefined;
  return {
    start(given) {
      handler = given;
      return Promise.resolve();
    },
    send(command) {
      handler?.handleCommand(command);
      return Promise.resolve();
    },
    survey(question) {
      return Promise.resolve(handler === undefined ? [] : [handler.handleSurvey(question)]);
    },
    request(nodeId, request) {
      const isHere = handler?.nodeId !== undefined && handler.nodeId === nodeId;
      return Promise.resolve(isHere ? handler?.handleRequest?.(request) : undefined);
    },
    close() {
      handler = undefined;
      return Promise.resolve();
    },
  };
}
