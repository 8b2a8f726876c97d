/** The scenarios of the `centrifuge` package: commands, recovery and tokens, over `sse`. */
import { expect, it } from 'vitest';
import { underTest } from './native-server.ts';

underTest.transport = 'sse';
await import('./sdk.test.ts');
await import('./recovery.test.ts');
await import('./tokens.test.ts');

it('all that went over sse', () => expect(underTest.transport).toBe('sse'));
