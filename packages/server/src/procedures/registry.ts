/** Every procedure with what does it: the one list that RPC, REST and the API docs are made from. */
import type { BroadcastingService } from '../domain/broadcasting/broadcasting-service.ts';
import type { ChatService } from '../domain/chat/chat-service.ts';
import type { TaskService } from '../domain/tasks/task-service.ts';
import type { UploadService } from '../domain/uploads/upload-service.ts';
import type { Binding } from './binding.ts';
import { bindBroadcasting } from './broadcasting.ts';
import { bindChat } from './chat.ts';
import { bindClient, DEFAULT_CLIENT_SETTINGS, type ClientSettings } from './client.ts';
import { bindConsole, type ConsoleDeps } from './console.ts';
import { bindInbox } from './inbox.ts';
import { bindTasks } from './tasks.ts';
import { bindUploads } from './uploads.ts';
import { bindUsers, type UsersDeps } from './users.ts';

/** A `Domain` of domain/domain.ts satisfies the service half of this. */
export interface RegistryDeps extends UsersDeps {
  readonly chat: ChatService;
  readonly tasks: TaskService;
  readonly uploads: UploadService;
  readonly broadcasting: BroadcastingService;
  /** @default DEFAULT_CLIENT_SETTINGS */
  readonly clientSettings?: ClientSettings;
  /** What operators see and do. @default such procedures are not there */
  readonly console?: ConsoleDeps;
}

export const bindProcedures = (deps: RegistryDeps): readonly Binding[] => [
  ...bindChat(deps.chat),
  ...bindInbox(deps.inbox),
  ...bindTasks(deps.tasks),
  ...bindUploads(deps.uploads),
  ...bindUsers(deps),
  ...bindClient(deps.clientSettings ?? DEFAULT_CLIENT_SETTINGS),
  ...bindBroadcasting(deps.broadcasting),
  ...(deps.console === undefined ? [] : bindConsole(deps.console)),
];
