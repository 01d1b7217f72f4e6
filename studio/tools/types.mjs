// Writes src/api/types.ts from the server's OpenAPI, so that a field that changes there is an error here.
//   node tools/types.mjs [OPENAPI.json]            writes
//   node tools/types.mjs [OPENAPI.json] --check    only says whether it would change
// OPENAPI.json is what GET /api/v1/openapi.json answers; without it a server is started and asked. The schemas have no names there: they are
// given here, by the place where they stand; places that are not named stay inline.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOTS = [
  ['view/overview', 'Overview'],
  ['view/data', 'DataList'],
  ['view/data/{name}/{version}/stats', 'DataView'],
  ['view/models', 'ModelList'],
  ['view/models/{name}/{version}', 'ModelView'],
  ['view/models/{name}/{version}/fairness', 'FairnessView'],
  ['view/models/{name}/{version}/card', 'CardView'],
  ['view/runs', 'RunList'],
  ['view/runs/{id}', 'RunView'],
  ['view/lineage', 'LineageView'],
  ['view/search', 'SearchView'],
  ['view/forms', 'FormList'],
  ['runs/{id}/log', 'LogList'],
  ['audit', 'AuditList'],
  ['evidence/{digest}', 'EvidenceAnswer'],
];
const NAMES = {
  provenance: 'Provenance', verdict: 'Verdict', 'Verdict.rules': 'Rule', rules: 'Rule', marks: 'Mark', report: 'BlobLink', 'ModelView.card': 'BlobLink',
  metrics: 'Figure', overall: 'Figure', 'Gap.figure': 'Figure', hallmark: 'Hallmark', error: 'Problem', recent: 'RunItem',
  why: 'Message', label: 'Message', title: 'Message', message: 'Message',
  'DataList.items': 'DataItem', 'DataView.columns': 'Column', 'ModelList.items': 'ModelItem', 'RunList.items': 'RunItem', 'LogList.items': 'LogLine',
  'AuditList.items': 'AuditEntry', 'FormList.items': 'Form', 'RunView.steps': 'RunStep', 'RunView.inputs': 'Port', 'RunView.outputs': 'Port', 'RunView.progress': 'Progress',
  'FairnessView.gaps': 'Gap', 'FairnessView.slices': 'FairnessSlice', 'FairnessView.four_fifths': 'FourFifths', 'FairnessView.curves': 'Curve',
  'LineageView.nodes': 'LineageNode',
};
const ENUMS = {
  State: ['held', 'not_decided', 'failed', 'waived'],
  RunState: ['waiting', 'queued', 'running', 'done', 'cached', 'skipped', 'failed', 'cancelled', 'preempted'],
  MarkName: ['fair', 'private', 'explained', 'robust', 'documented', 'secure', 'monitored'],
  StageKey: ['define', 'data', 'train', 'evaluate', 'deploy'],
  StageState: ['done', 'now', 'todo', 'blocked'],
  NodeKind: ['dataset', 'model', 'run', 'evidence', 'card', 'hallmark', 'policy', 'plan', 'schema', 'file'],
};
const OPTIONAL = 'string | undefined';
// Where JSON Schema says less than the specification does.
const EXACT = {
  'Message.args': 'Record<string, string | number>',
  'Column.min': 'number | string | null', 'Column.max': 'number | string | null', 'Figure.p': 'number', 'Figure.p_adjusted': 'number', 'Figure.better': "'higher' | 'lower' | 'zero'", 'RunView.options': 'Record<string, unknown>',
  slice: 'Slice', reference: 'Slice', highest: 'Slice',
  'CardView.card': 'unknown', 'AuditEntry.detail': 'unknown', 'EvidenceAnswer.evidence': 'Evidence', 'EvidenceAnswer.record': 'EvidenceRecord',
  'Problem.where': OPTIONAL, 'Problem.fix': OPTIONAL,
};
const HEAD = `// Written by \`npm run types\` from the server's OpenAPI; do not edit.

${Object.entries(ENUMS).map(([name, words]) => `export type ${name} = ${words.map((word) => `'${word}'`).join(' | ')};`).join('\n')}
export type Slice = Record<string, string | null>;
/** A number as JSON can say it. */
export type Extended = number | 'Infinity' | '-Infinity';
export interface Page<T> {
  items: T[];
  next: string | null;
  total: number | null;
}
export interface Evidence {
  kind: string;
  blobs?: Record<string, { digest: string; media_type: string; rows?: number }>;
  [key: string]: unknown;
}
export interface EvidenceRecord {
  refs?: Record<string, string>;
  run?: string;
  finished?: string;
  signature?: string;
  [key: string]: unknown;
}
`;

async function asked() {
  const { startServer } = await import('../tests/harness.mjs');
  const server = await startServer();
  try {
    const { token } = JSON.parse(readFileSync(join(server.folder, '.assay/server.json'), 'utf8'));
    const answer = await fetch(`${server.origin}/api/v1/openapi.json`, { headers: { Authorization: `Bearer ${token}` } });
    return await answer.json();
  } finally {
    await server.stop();
  }
}

const source = process.argv.slice(2).find((word) => !word.startsWith('--'));
const openapi = source ? JSON.parse(readFileSync(source, 'utf8')) : await asked();
const written = new Map(); // name -> text of its declaration
const shapes = new Map(); // canonical schema -> name

function kinds(schema) {
  return Array.isArray(schema.type) ? schema.type : [schema.type];
}

function canonical(schema) {
  return JSON.stringify(schema, (key, value) => (key === 'description' || key === 'examples' || key === 'default' ? undefined : value));
}

function nameAt(owner, field) {
  return NAMES[`${owner}.${field}`] ?? NAMES[field];
}

function fieldsOf(schema, owner, indent) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties)
    .map(([field, each]) => {
      const note = each.description ? `${indent}/** ${each.description.replaceAll('*/', '')} */\n` : '';
      const exact = EXACT[`${owner}.${field}`] ?? EXACT[field];
      const nullable = exact && !exact.includes('null') && kinds(each).includes('null') ? ' | null' : '';
      const type = exact ? exact + nullable : typeOf(each, owner, field, indent);
      const mark = required.has(field) && exact !== OPTIONAL ? '' : '?';
      return `${note}${indent}${/^[A-Za-z_]\w*$/.test(field) ? field : JSON.stringify(field)}${mark}: ${type};\n`;
    })
    .join('');
}

function objectType(schema, owner, field, indent) {
  if (!schema.properties) {
    const inner = schema.additionalProperties && typeof schema.additionalProperties === 'object' ? typeOf(schema.additionalProperties, owner, field, indent) : 'unknown';
    return `Record<string, ${inner}>`;
  }
  const name = nameAt(owner, field);
  if (!name) return `{\n${fieldsOf(schema, owner, `${indent}  `)}${indent}}`;
  const { type: _, ...shape } = schema;
  const known = written.get(name);
  if (known && shapes.get(name) !== canonical(shape)) return `{\n${fieldsOf(schema, name, `${indent}  `)}${indent}}`;
  if (!known) declare(name, schema);
  return name;
}

function declare(name, schema) {
  const { type: _, ...shape } = schema;
  shapes.set(name, canonical(shape));
  written.set(name, ''); // holds its place: what it is made of comes after it
  written.set(name, `export interface ${name} {\n${fieldsOf(schema, name, '  ')}}\n`);
}

function enumType(words) {
  const named = Object.entries(ENUMS).find(([, all]) => all.length === words.length && all.every((word) => words.includes(word)));
  if (named) return named[0];
  const base = Object.entries(ENUMS).find(([, all]) => all.length > 3 && all.every((word) => words.includes(word)));
  const rest = base ? words.filter((word) => !base[1].includes(word)) : words;
  return [...(base ? [base[0]] : []), ...rest.map((word) => (word === null ? 'null' : `'${word}'`))].join(' | ');
}

function one(kind, schema, owner, field, indent) {
  switch (kind) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'string':
      return schema.enum ? enumType(schema.enum.filter((word) => word !== null)) : 'string';
    case 'array': {
      const inner = typeOf(schema.items ?? {}, owner, field, indent);
      return / \| /.test(inner.replace(/\{[\s\S]*\}/, '')) ? `(${inner})[]` : `${inner}[]`;
    }
    case 'object':
      return objectType(schema, owner, field, indent);
    default:
      return 'unknown';
  }
}

function typeOf(schema, owner, field, indent) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1);
    if (!written.has(name)) declare(name, openapi.components.schemas[name]);
    return name;
  }
  const union = schema.oneOf ?? schema.anyOf;
  if (union) return [...new Set(union.map((each) => typeOf(each, owner, field, indent)))].join(' | ');
  let list = kinds(schema);
  // Figures say infinity as a word.
  if (list.includes('number') && list.includes('string') && !schema.enum) list = ['extended', ...list.filter((kind) => kind !== 'number' && kind !== 'string')];
  return [...new Set(list.map((kind) => (kind === 'extended' ? 'Extended' : one(kind, schema, owner, field, indent))))].join(' | ');
}

for (const [path, name] of ROOTS) {
  const answer = openapi.paths[`/api/v1/w/{workspace}/${path}`]?.get?.responses['200']?.content?.['application/json']?.schema;
  if (!answer) throw new Error(`the server's OpenAPI has no answer for ${path}`);
  // Lists are Page<T>: only what they list gets a name.
  if (name.endsWith('List')) typeOf(answer.properties.items, name, 'items', '');
  else if (!written.has(name)) declare(name, answer);
}
for (const name of ['me']) declare('Me', openapi.paths[`/api/v1/${name}`].get.responses['200'].content['application/json'].schema);
if (!written.has('Problem')) declare('Problem', openapi.components.schemas.Problem);

const text = HEAD + [...written.values()].map((each) => `\n${each}`).join('');
const target = fileURLToPath(new URL('../src/api/types.ts', import.meta.url));
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/api/types.ts is not what the server says; run `npm run types OPENAPI.json`');
    process.exit(1);
  }
} else writeFileSync(target, text);
