import { describe, expect, it } from 'vitest';
import { deviceTypeOf } from './device-type.ts';

const CHROME_WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const SAFARI_IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const CHROME_ANDROID =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
const IPAD =
  'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';

describe('deviceTypeOf', () => {
  it.each([
    ['desktop', CHROME_WINDOWS],
    ['mobile', SAFARI_IPHONE],
    ['mobile', CHROME_ANDROID],
    ['tablet', IPAD],
    ['unknown', 'python-requests/2.32'],
    ['unknown', ''],
    ['unknown', undefined],
  ])('%s for %s', (type, userAgent) => {
    expect(deviceTypeOf({ userAgent })).toBe(type);
  });

  it('what a connection says of itself wins over its user agent', () => {
    expect(deviceTypeOf({ explicit: 'Tablet', userAgent: SAFARI_IPHONE })).toBe('tablet');
    expect(deviceTypeOf({ explicit: 'toaster', userAgent: SAFARI_IPHONE })).toBe('mobile');
    expect(deviceTypeOf({ explicit: null, userAgent: CHROME_WINDOWS })).toBe('desktop');
  });

  it('a user agent of any length and shape is answered', () => {
    expect(deviceTypeOf({ userAgent: '('.repeat(100_000) })).toBe('unknown');
    expect(deviceTypeOf({ userAgent: '\u0000\uffff' })).toBe('unknown');
  });
});
