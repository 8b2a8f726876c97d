import { expect, it } from 'vitest';
import { checkSpec } from './check-spec.ts';

const SPEC = '# Rules\n\n- **[AAA1]** One.\n- **[AAA2]** Two.\n';
const file = (text: string) => [{ file: 'x.test.ts', text }];

it('a rule with a test, in whatever form its title is written, is proven', () => {
  const text = "it('[AAA1] one', f);\ntest.each([1])(`[AAA2] case %s`, f);\n";
  expect(checkSpec(SPEC, file(text))).toEqual({ rules: 2, problems: [] });
});

it('a title over two lines counts, a mention in a comment or a value does not', () => {
  const text = "it(\n  '[AAA1] one',\n  f);\n// [AAA2]\nconst rule = '[AAA2]';\n";
  expect(checkSpec(SPEC, file(text)).problems).toEqual(['docs/spec.md: no test proves [AAA2]']);
});

it('a title that names no rule is a problem, as is a number used twice', () => {
  const tests = file("it('[AAA1] [AAA2] both', f); it('[AAA3] none', f);");
  expect(checkSpec(`${SPEC}- **[AAA2]** Again.\n`, tests).problems).toEqual([
    'docs/spec.md: [AAA2] is used for two rules',
    'x.test.ts: "[AAA3] none" names no rule of docs/spec.md',
  ]);
});
