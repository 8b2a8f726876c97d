/** A node's control bus over a simulated engine. */
import type { ControlBus, NodeReply, SurveyAnswer } from '../../../server/src/ports/control-bus.ts';
import { AWAY } from './engine-away.ts';
import type { Link } from './simulated-engine.ts';

export function createSimulatedControlBus(link: Link): ControlBus {
  const reached = (): readonly Link[] =>
    [...link.engine.links].filter((each) => each !== link && !each.isAway);
  return {
    start(handler) {
      link.controlHandler = handler;
      return Promise.resolve();
    },
    send(command) {
      link.controlHandler?.handleCommand(command);
      if (link.isAway) return Promise.reject(new Error(AWAY));
      for (const other of reached()) {
        // Travels as JSON, as between real nodes.
        const copy: typeof command = structuredClone(command);
        other.inTurn(() => other.controlHandler?.handleCommand(copy));
      }
      return Promise.resolve();
    },
    async survey(question, timeoutMs) {
      const answers: SurveyAnswer[] = [];
      const own = link.controlHandler?.handleSurvey(question);
      if (own !== undefined) answers.push(own);
      const others = link.isAway ? [] : reached();
      const waiting = others.map(
        (other) =>
          new Promise<void>((resolve) => {
            const cancel = link.engine.clock.after(timeoutMs, resolve);
            other.inTurn(() => {
              const answer = other.controlHandler?.handleSurvey(question);
              if (answer !== undefined) answers.push(answer);
              cancel();
              resolve();
            });
          }),
      );
      await Promise.all(waiting);
      return answers;
    },
    async request(nodeId, request, timeoutMs) {
      if (link.controlHandler?.nodeId === nodeId) {
        return link.controlHandler.handleRequest?.(request);
      }
      const other = link.isAway
        ? undefined
        : reached().find(({ controlHandler }) => controlHandler?.nodeId === nodeId);
      if (other === undefined) return undefined;
      const { promise, resolve } = Promise.withResolvers<NodeReply | undefined>();
      const cancel = link.engine.clock.after(timeoutMs, () => resolve(undefined));
      const copy: typeof request = structuredClone(request);
      other.inTurn(() => {
        cancel();
        resolve(other.controlHandler?.handleRequest?.(copy));
      });
      return promise;
    },
    close() {
      link.controlHandler = undefined;
      return Promise.resolve();
    },
  };
}
