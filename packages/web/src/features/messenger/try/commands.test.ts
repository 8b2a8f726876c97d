import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { appendCommand, notifyCommand, sendCommand, shellQuote, startCommand } from './commands.ts';

const input = { origin: 'http://localhost:8000', user: "O'Neil", taskId: 'demo-1' };

test('a quoted word is the same word to a shell', () => {
  const word = `it's "$HOME" \`x\` \\ 小明`;
  const echoed = execFileSync('sh', ['-c', `printf %s ${shellQuote(word)}`], { encoding: 'utf8' });
  expect(echoed).toBe(word);
});

test('the lines carry the server and the user, the key is a variable of the shell', () => {
  const command = notifyCommand(input, { title: 'Hi', content: 'there' });
  expect(command).toContain('http://localhost:8000/api/v1/notifications');
  expect(command).toContain('"X-API-Key: $API_KEY"');
  expect(startCommand(input, 'T')).toContain('/api/v1/tasks/demo-1/start');
  expect(sendCommand(input, { conversationId: 'c/1', content: 'x' })).toContain(
    '/api/v1/conversations/c%2F1/messages',
  );
});

test('text is streamed in numbered chunks that add up to it', () => {
  expect(appendCommand(input, 'one two three')).toContain(
    JSON.stringify({ index: 0, chunks: ['one ', 'two ', 'three'] }),
  );
});
