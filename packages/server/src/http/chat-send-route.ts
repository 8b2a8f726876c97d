/** `POST /api/chat/{conversation_id}/send`, and the same without `/api`: stored, then told to the others. */
import { fail, type Outcome } from '@carillon/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../procedures/binding.ts';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import { identifyCaller } from './caller.ts';
import type { HttpBase } from './http-deps.ts';
import { sendProblem } from './problem.ts';
import { bodyOf } from './rest-input.ts';

export const CHAT_SEND_PATHS = ['/api/chat/:conversation_id/send', '/chat/:conversation_id/send'];

interface SendRoute {
  Params: { conversation_id: string };
}

const messageId = (output: unknown): string =>
  typeof output === 'object' && output !== null && 'id' in output ? String(output.id) : '';

const send = (
  dispatcher: Dispatcher,
  request: FastifyRequest<SendRoute>,
): Promise<Outcome<Answer<unknown>>> | Outcome<never> => {
  const { value } = bodyOf(request);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('invalid_field', 'the body must be a JSON object');
  }
  // Clients of this endpoint call the text `message`; the procedure calls it `content`.
  const { message, ...rest } = { message: undefined, ...value };
  const content = 'content' in rest ? {} : { content: message };
  return dispatcher.call(
    'chat.send',
    { ...rest, ...content, conversation_id: request.params.conversation_id },
    request.caller,
  );
};

export const registerChatSendRoutes = (
  app: FastifyInstance,
  deps: HttpBase & { readonly dispatcher: Dispatcher },
): void => {
  for (const url of CHAT_SEND_PATHS) {
    app.post<SendRoute>(
      url,
      { onRequest: identifyCaller(deps, 'user-or-backend'), bodyLimit: deps.settings.maxBodyBytes },
      async (request, reply: FastifyReply) => {
        const sent = await send(deps.dispatcher, request);
        if (!sent.ok) return sendProblem(reply, sent);
        return reply.send({ status: 'sent', message_id: messageId(sent.value.output) });
      },
    );
  }
};
