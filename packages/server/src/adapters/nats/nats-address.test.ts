import { expect, it } from 'vitest';
import { parseNatsAddresses } from './nats-address.ts';

it('addresses come with or without scheme, port and credentials', () => {
  expect(parseNatsAddresses(['nats://a:4000', ' b:4001 ', 'nats://c', 'nats://[::1]:4'])).toEqual({
    servers: ['a:4000', 'b:4001', 'c:4222', '[::1]:4'],
  });
  expect(parseNatsAddresses(['nats://ann:p%40ss@a:1', 'nats://b:2'])).toEqual({
    servers: ['a:1', 'b:2'],
    user: 'ann',
    pass: 'p@ss',
  });
  expect(parseNatsAddresses(['tls://s3cret@a'])).toEqual({
    servers: ['a:4222'],
    token: 's3cret',
    tls: {},
  });
});

it('what is no address is refused without being repeated', () => {
  expect(() => parseNatsAddresses(['nats://ann:secret@a:port'])).toThrow(
    /^NATS_URL: (?!.*secret)/u,
  );
});
