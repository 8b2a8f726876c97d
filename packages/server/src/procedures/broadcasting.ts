/** The eight broadcasting calls, over the broadcasting service. */
import type { Outcome } from '@carillon/protocol';
import * as declared from '@carillon/protocol/procedures';
import type {
  BroadcastingService,
  BroadcastMessage,
  BroadcastOptions,
} from '../domain/broadcasting/broadcasting-service.ts';
import type { SentMessage } from '../domain/chat/chat-service.ts';
import { answer, implement, type Answer, type Binding } from './binding.ts';
import { deviceView } from './views.ts';

type SentView = declared.OutputOf<typeof declared.broadcastMessage>;

const sentView = (sent: Outcome<SentMessage>): Outcome<Answer<SentView>> => {
  if (!sent.ok) return sent;
  const { id, conversationId, seq } = sent.value.message;
  return answer({ status: 'sent', message_id: id, conversation_id: conversationId, seq });
};

const messageOf = ({
  attributes,
  ...rest
}: declared.InputOf<typeof declared.broadcastMessage>['message']): BroadcastMessage => ({
  ...rest,
  ...(attributes !== undefined && { attributes: JSON.stringify(attributes) }),
});

const optionsOf = (excludeUserId: string | undefined): BroadcastOptions =>
  excludeUserId === undefined ? {} : { excludeUserId };

const conversationCalls = (broadcasting: BroadcastingService): readonly Binding[] => [
  implement(declared.broadcastMessage, async (input) =>
    sentView(
      await broadcasting.broadcastMessage(
        input.conversation_id,
        messageOf(input.message),
        optionsOf(input.exclude_user_id),
      ),
    ),
  ),
  implement(declared.broadcastConsultationReply, async (input) =>
    sentView(
      await broadcasting.broadcastConsultationReply(
        input.conversation_id,
        messageOf(input.reply),
        optionsOf(input.exclude_user_id),
      ),
    ),
  ),
  implement(declared.broadcastTypingStatus, async (input) => {
    const told = await broadcasting.broadcastTypingStatus(
      input.conversation_id,
      input.user_id,
      input.is_typing,
    );
    return told.ok ? answer({ ok: true } as const) : told;
  }),
  implement(declared.broadcastReadStatus, async (input) => {
    const marked = await broadcasting.broadcastReadStatus(
      input.conversation_id,
      input.user_id,
      input.message_ids,
    );
    if (!marked.ok) return marked;
    const { readSeq, unread, rev } = marked.value;
    return answer({ read_seq: readSeq, unread, rev });
  }),
];

const personalCalls = (broadcasting: BroadcastingService): readonly Binding[] => [
  implement(declared.sendMobileOnlyNotification, async (input) => {
    const { user_ids: users, data, collapse_key: collapseKey, ...rest } = input;
    const accepted = await broadcasting.sendMobileOnlyNotification(users, {
      ...rest,
      ...(data !== undefined && { data: JSON.stringify(data) }),
      ...(collapseKey !== undefined && { collapseKey }),
    });
    return accepted.ok ? answer({ ...accepted.value }) : accepted;
  }),
  implement(declared.broadcastSystemNotification, async (input) => {
    const { users, conversation_id: conversationId, data, ...rest } = input;
    const accepted = await broadcasting.broadcastSystemNotification(
      { ...rest, ...(data !== undefined && { data: JSON.stringify(data) }) },
      {
        ...(users !== undefined && { users }),
        ...(conversationId !== undefined && { conversationId }),
      },
    );
    return accepted.ok ? answer({ ...accepted.value }) : accepted;
  }),
  implement(declared.sendDirectMessage, async (input) =>
    sentView(await broadcasting.sendDirectMessage(input.user_id, messageOf(input.message))),
  ),
  implement(declared.getUserDeviceInfo, async ({ user_id: user }) => {
    const devices = await broadcasting.getUserDeviceInfo(user);
    return answer({ devices: devices.map(deviceView) });
  }),
];

export const bindBroadcasting = (broadcasting: BroadcastingService): readonly Binding[] => [
  ...conversationCalls(broadcasting),
  ...personalCalls(broadcasting),
];
