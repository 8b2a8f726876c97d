/** The scenarios of the `centrifuge` package: commands, recovery and tokens, over `http_stream`. */
import { expect, it } from 'vitest';
import { underTest } from './native-server.ts';

underTest.transport = 'http_stream';
await import('./sdk.test.ts');
await import('./recovery.test.ts');
await import('./tokens.test.ts');

it('all that went over http_stream', () => expect(underTest.transport).toBe('http_stream'));
