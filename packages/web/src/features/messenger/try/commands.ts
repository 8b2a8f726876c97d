/** The curl lines to try, filled in for this server and this user. */

export interface CommandInput {
  readonly origin: string;
  readonly user: string;
}

export interface TaskCommandInput extends CommandInput {
  readonly taskId: string;
}

/** The reader sets it: a page must not know a backend's key. */
export const KEY_VARIABLE = 'API_KEY';

/** A word of a POSIX shell, whatever it contains. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function post(input: CommandInput, path: string, body: object): string {
  return [
    `curl -X POST ${input.origin}${path}`,
    `-H "X-API-Key: $${KEY_VARIABLE}"`,
    `-H 'Content-Type: application/json'`,
    `-d ${shellQuote(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}

export const notifyCommand = (
  input: CommandInput,
  texts: { title: string; content: string },
): string =>
  post(input, '/api/v1/notifications', {
    users: [input.user],
    ...texts,
    type: 'info',
  });

const taskPath = ({ taskId }: TaskCommandInput): string =>
  `/api/v1/tasks/${encodeURIComponent(taskId)}`;

export const startCommand = (input: TaskCommandInput, title: string): string =>
  post(input, `${taskPath(input)}/start`, { owner: input.user, title, total_steps: 4 });

export const progressCommand = (input: TaskCommandInput, message: string): string =>
  post(input, `${taskPath(input)}/progress`, { message, step: 2, total_steps: 4, progress: 50 });

export const completeCommand = (input: TaskCommandInput): string =>
  post(input, `${taskPath(input)}/complete`, {});

/** Chunks of text are numbered, so that nothing is doubled when a backend tries again. */
export const appendCommand = (input: TaskCommandInput, text: string): string =>
  post(input, `${taskPath(input)}/chunks`, {
    index: 0,
    chunks: text.split(/(?<= )/),
  });

export const sendCommand = (
  input: CommandInput,
  { conversationId, content }: { readonly conversationId: string; readonly content: string },
): string =>
  post(input, `/api/v1/conversations/${encodeURIComponent(conversationId)}/messages`, {
    sender: input.user,
    content,
  });
