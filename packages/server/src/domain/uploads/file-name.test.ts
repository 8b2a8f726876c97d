import { expect, it } from 'vitest';
import { fileName } from './file-name.ts';

const PNG = { mime: 'image/png', extensions: ['png'] };
const TEXT = { mime: 'text/plain', extensions: [] };

it.each([
  ['cat.png', PNG, 'cat.png'],
  ['Cat.PNG', PNG, 'Cat.PNG'],
  ['貓 🐈.png', PNG, '貓 🐈.png'],
  ['cat.html', PNG, 'cat.html.png'],
  ['cat', PNG, 'cat.png'],
  ['', PNG, 'file.png'],
  ['../../etc/passwd', TEXT, 'passwd.txt'],
  ['C:\\Windows\\win.ini', TEXT, 'win.ini'],
  ['.htaccess', TEXT, 'htaccess.txt'],
  ['...', TEXT, 'file.txt'],
  ['a\r\nSet-Cookie: x=1.md', TEXT, 'aSet-Cookie_ x=1.md'],
  ['photo\u202egnp.exe', PNG, 'photognp.exe.png'],
  ['a"b|c.csv', TEXT, 'a_b_c.csv'],
  ['x'.repeat(300), PNG, `${'x'.repeat(36)}.png`],
])('%j is shown as what it is and nothing else', (given, type, shown) => {
  expect(fileName(given, type, 40)).toBe(shown);
});
