// What a reviewer should not have to look for: HTML from strings, styles and scripts that the policy forbids, other hosts,
// words in the page that no catalogue knows.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../src', import.meta.url));
const rules = [
  [/dangerouslySetInnerHTML|\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write/, 'HTML made of a string'],
  [/\beval\(|new Function\(/, 'code made of a string'],
  [/setAttribute\(\s*['"]style['"]/, 'a style attribute, which the policy forbids; set properties through React'],
  [/(?:fetch|src|href)\s*[(=]\s*[{]?\s*['"`]https?:/, 'another host'],
  [/>\s*[A-Z][a-z]+ [a-z]+ [a-z][^<>{}]*</, 'words outside of the catalogues'],
  [/(?:aria-label|title|placeholder|alt)="[A-Z][a-z]+ [^"]*"/, 'words outside of the catalogues'],
  [/\bconsole\.log\(/, 'a message for nobody'],
];
const problems = [];
for (const entry of readdirSync(root, { recursive: true })) {
  if (!/\.tsx?$/.test(entry) || /\.test\./.test(entry)) continue;
  const lines = readFileSync(join(root, entry), 'utf8').split('\n');
  if (lines.length > 500 && entry !== 'api/types.ts') problems.push(`src/${entry}: ${lines.length} lines`);
  lines.forEach((line, i) => {
    if (/^\s*(\/\/|\*|\/\*)/.test(line)) return;
    for (const [pattern, what] of rules) if (pattern.test(line)) problems.push(`src/${entry}:${i + 1}: ${what}`);
  });
}
if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}
