/**
 * The broadcasting service over HTTP: eight calls under the names its callers know. What must
 * survive (messages) is stored before the answer; a failed delivery is logged and counted, and
 * never an error of the call.
 */
import { Type } from 'typebox';
import { MessageView } from './chat.ts';
import { Id, JsonObject, Link, Text, Title, UserId, UserIds } from './fields.ts';
import { defineProcedure } from './procedure.ts';
import { DeviceView } from './users.ts';

const BROADCAST = '/api/v1/broadcast';
const ConversationId = Id;
const Sent = Type.Object({ status: Type.Literal('sent') });
