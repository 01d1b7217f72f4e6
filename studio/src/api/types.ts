// Written by `npm run types` from the server's OpenAPI; do not edit.

export type State = 'held' | 'not_decided' | 'failed' | 'waived';
export type RunState = 'waiting' | 'queued' | 'running' | 'done' | 'cached' | 'skipped' | 'failed' | 'cancelled' | 'preempted';
export type MarkName = 'fair' | 'private' | 'explained' | 'robust' | 'documented' | 'secure' | 'monitored';
export type StageKey = 'define' | 'data' | 'train' | 'evaluate' | 'deploy';
export type StageState = 'done' | 'now' | 'todo' | 'blocked';
export type NodeKind = 'dataset' | 'model' | 'run' | 'evidence' | 'card' | 'hallmark' | 'policy' | 'plan' | 'schema' | 'file';
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

export interface Overview {
  /** its name */
  workspace: string;
  /** plans beside the workspace */
  plans: {
    /** of the plan, from the workspace's folder */
    path: string;
    /** of the model that it makes; empty when it cannot be read */
    name: string;
  }[];
  /** the life cycle, in order */
  stages: {
    /** of the life cycle */
    key: StageKey;
    /** how far it is */
    state: StageState;
    /** why */
    why: Message;
    /** what it holds */
    facts: {
      /** what it is */
      label: Message;
      /** as it is shown */
      value: string;
      /** the page about it; empty when there is none */
      href: string;
    }[];
  }[];
  /** what to do next, the weightiest first */
  next: {
    /** what to do */
    title: Message;
    /** the command that does it; empty when there is none */
    command: string;
    /** the page about it; empty when there is none */
    href: string;
    /** 0 to 1: how much it matters now */
    weight: number;
  }[];
  /** what is wrong, the worst first */
  alerts: {
    /** what is wrong */
    title: Message;
    /** how it stands */
    state: State;
    /** the page about it; empty when there is none */
    href: string;
  }[];
  /** newest runs that are no step of another */
  recent: RunItem[];
  /** newest models */
  models: {
    /** name of the model */
    name: string;
    /** its version */
    version: number;
    /** of its newest verdict */
    state: State | 'not_started';
    /** the seven properties */
    marks: Mark[];
    /** a hallmark covers that verdict */
    signed: boolean;
  }[];
  /** newest data sets */
  data: {
    /** name of the data set */
    name: string;
    /** its version */
    version: number;
    /** number of rows */
    rows: number;
    /** number of columns */
    columns: number;
  }[];
  /** of the newest model's figures */
  provenance: Provenance;
}

export interface Message {
  /** names the sentence, for translation */
  key: string;
  /** texts and numbers that stand in it */
  args: Record<string, string | number>;
  /** the sentence in English */
  text: string;
}

export interface RunItem {
  /** id */
  run: string;
  /** what was run */
  operation: string;
  /** how it stands */
  state: RunState;
  /** who asked */
  by: string;
  /** when it began (RFC 3339) */
  started: string;
  /** when it ended */
  finished: string | null;
  /** how long it took; 0 while it runs */
  seconds: number;
  /** the run that it is a step of */
  parent: string | null;
  /** the plan or asset it is about; empty when unknown */
  name: string;
  /** of what it concluded */
  digest: string | null;
}

export interface Mark {
  /** the property */
  name: MarkName;
  /** worst of its rules */
  state: State | 'not_started';
  /** ids of the rules that read its evidence */
  rules: string[];
  /** digests of that evidence */
  evidence: string[];
}

export interface Provenance {
  /** digests of the evidence that the figures come from */
  evidence: string[];
  /** the assets that went in, by role */
  refs: Record<string, string>;
  /** of the random choices; null when there were none */
  seed: number | null;
  /** version of the code that concluded it */
  code: string;
  /** the run that concluded it */
  run: string;
  /** when it was concluded (RFC 3339) */
  finished: string;
  /** whether a hallmark covers it, and what the verifier says */
  signature: 'none' | 'signed' | 'verified' | 'broken';
  /** a newer version of its data exists, or the code has changed since */
  stale: boolean;
}

export interface DataItem {
  /** name of the data set */
  name: string;
  /** its version */
  version: number;
  /** reference */
  ref: string;
  /** what names its content */
  digest: string;
  /** number of rows */
  rows: number;
  /** number of columns */
  columns: number;
  /** when it was added (RFC 3339) */
  created: string;
  /** columns a person must not be judged by */
  protected: string[];
  /** the outcome column; empty when nothing says */
  label: string;
}

export interface DataView {
  /** name of the data set */
  name: string;
  /** its version */
  version: number;
  /** reference */
  ref: string;
  /** what names its content */
  digest: string;
  /** number of rows */
  rows: number;
  /** all versions there are */
  versions: number[];
  /** in the order of the file */
  columns: Column[];
  /** the outcome column; empty when nothing says */
  label: string;
  /** the value that is predicted */
  positive: string;
  /** the value that is good for the person */
  favorable: string;
  /** where it comes from */
  provenance: Provenance;
  /** digest of the schema's evidence */
  schema_evidence: string | null;
  /** how the rows were divided */
  splits: {
    /** train, validation or test */
    part: string;
    /** its rows */
    rows: number;
    /** its rows by label */
    labels: {
      /** of the label; null: missing */
      value: string | null;
      /** its rows */
      rows: number;
    }[];
  }[];
  /** rows of one part that stand in another too */
  overlap: number;
}

export interface Column {
  /** of the column */
  name: string;
  /** int, float, bool, text, time or other */
  type: string;
  /** what it is used for */
  role: 'feature' | 'label' | 'protected' | 'weight' | 'id' | 'time';
  /** whether the schema allows missing values */
  nullable: boolean;
  /** rows with a value */
  count: number;
  /** rows without one */
  missing: number;
  /** different values */
  distinct: number;
  /** false: distinct and quantiles are estimates */
  exact: boolean;
  /** of numbers */
  mean: number | null;
  /** of numbers, divided by n */
  standard_deviation: number | null;
  /** smallest number or first time */
  min: number | string | null;
  /** largest number or last time */
  max: number | string | null;
  /** rows that are 0, of numbers */
  zeros: number | null;
  /** of numbers */
  quantiles: {
    /** share of rows */
    at: number;
    /** the quantile */
    value: number;
  }[];
  /** of numbers */
  histogram: {
    /** of the bins, one more than counts */
    edges: number[];
    /** rows above the lower edge, up to the upper one */
    counts: number[];
  } | null;
  /** commonest values, of text */
  top: {
    /** the value */
    value: string;
    /** its rows */
    count: number;
  }[];
  /** values that the schema allows, of text */
  domain: string[];
  /** what is odd about it */
  anomalies: {
    /** what is odd */
    code: 'all_missing' | 'constant' | 'many_missing' | 'mostly_zero' | 'skewed';
    /** how bad that is */
    severity: 'error' | 'warning' | 'info';
    /** in a sentence */
    message: Message;
  }[];
  /** 0 to 3: 2 for an error or 1 for a warning, plus the largest of the shares missing and zero, the quantile skew and the excess of the commonest value */
  unusualness: number;
}

export interface ModelItem {
  /** name of the model */
  name: string;
  /** its version */
  version: number;
  /** reference */
  ref: string;
  /** what names its content */
  digest: string;
  /** when it was registered (RFC 3339) */
  created: string;
  /** what made it */
  learner: string;
  /** of its newest verdict */
  state: State | 'not_started';
  /** a hallmark covers that verdict */
  signed: boolean;
  /** movable names of this version */
  aliases: string[];
}

export interface ModelView {
  /** name of the model */
  name: string;
  /** its version */
  version: number;
  /** reference */
  ref: string;
  /** what names its content */
  digest: string;
  /** when it was registered (RFC 3339) */
  created: string;
  /** what made it */
  learner: string;
  /** all versions there are */
  versions: number[];
  /** columns that it reads */
  features: string[];
  /** columns that were kept from it */
  excluded: {
    /** left out */
    column: string;
    /** label, protected, ... */
    why: string;
  }[];
  /** reference of the data set; null when nothing says */
  dataset: string | null;
  /** figures of all test rows */
  metrics: Figure[];
  /** the newest */
  verdict: Verdict | null;
  /** the seven properties */
  marks: Mark[];
  /** the newest that covers the verdict */
  hallmark: Hallmark | null;
  /** the report page */
  report: BlobLink | null;
  /** the model card */
  card: BlobLink | null;
  /** where it comes from */
  provenance: Provenance;
}

export interface Figure {
  name: string;
  slice?: Slice;
  group?: string[];
  reference?: Slice;
  value: Extended | null;
  low: Extended | null;
  high: Extended | null;
  n_eff?: Extended | null;
  se?: Extended | null;
  p?: number | null;
  p_adjusted?: number | null;
  low_family?: Extended | null;
  high_family?: Extended | null;
  method: string;
  why?: string;
  bound?: string;
  unit?: string;
  better?: 'higher' | 'lower' | 'zero';
  level: number;
  n: number;
  parameters?: Record<string, unknown>;
  flags?: string[];
}

export interface Verdict {
  /** of the verdict */
  digest: string;
  /** worst blocking rule, else waived, else held */
  state: State;
  /** name of the policy */
  policy: string;
  /** the time it was judged at, when the policy asks for one */
  now: string | null;
  /** each rule */
  rules: Rule[];
}

export interface Rule {
  /** name of the rule */
  id: string;
  /** the condition */
  require: string;
  /** why the rule is there */
  because: string;
  /** what the gate found */
  state: State;
  /** what that does */
  effect: 'pass' | 'warn' | 'block';
  /** the figure judged */
  value: number | null;
  /** lower end of its interval */
  low: number | null;
  /** upper end of its interval */
  high: number | null;
  /** what it was compared with */
  limit: number | null;
  /** digests of the evidence it was judged on */
  evidence: string[];
  /** the reason in words */
  why: string;
}

export interface Hallmark {
  /** of the hallmark file */
  digest: string;
  /** when it was made (RFC 3339) */
  created: string;
  /** where the file is served */
  href: string;
  /** what the offline verifier says now */
  verified: boolean;
  /** its steps, one line each */
  says: string[];
  /** whose key signed */
  signer: {
    /** id of the key */
    keyid: string;
    /** the user whose run signed; not proved by the key */
    name: string;
  } | null;
  /** what exactly was signed */
  statements: {
    /** what it states: index, split, evaluation, ... */
    word: string;
    /** when it was made (RFC 3339) */
    time: string;
    /** of its payload */
    digest: string;
    /** size of its payload */
    bytes: number;
    /** digest of the model that it is about */
    subject: string;
  }[];
  /** who approved */
  approvals: {
    /** in which it was given */
    role: string;
    /** who gave it */
    by: string;
    /** when (RFC 3339) */
    time: string;
  }[];
  /** when it ends; null: never */
  expires: string | null;
}

export interface BlobLink {
  /** digest of the evidence that it belongs to */
  evidence: string;
  /** its name in the evidence */
  role: string;
  /** what the bytes are */
  media_type: string;
  /** where they are served */
  href: string;
}

export interface FairnessView {
  /** reference of the model */
  model: string;
  /** reference of the data set; empty when nothing says */
  dataset: string;
  /** the columns by which these figures are split */
  group: string[];
  /** all that were assessed */
  groups: string[][];
  /** the value that is predicted */
  positive: string;
  /** the value that is good for the person */
  favorable: string;
  /** positive at this score or above */
  threshold: number;
  /** of the intervals */
  level: number;
  /** slices with fewer rows are flagged */
  min_n: number;
  /** for many claims at once */
  correction: string;
  /** rows assessed */
  rows: number;
  /** rows left out: no label or score */
  dropped: number;
  /** the slice that signed gaps compare with */
  reference: Slice | null;
  /** figures of all rows */
  overall: Figure[];
  /** figures of each slice */
  slices: FairnessSlice[];
  /** differences, ratios and signed gaps between slices */
  gaps: Gap[];
  /** each slice's favourable rate against the highest */
  four_fifths: FourFifths[];
  /** what the plan's authors feared */
  harms: {
    /** what goes wrong */
    kind: string;
    /** whom it hits */
    who: string;
    /** the figure that shows it */
    metric: string;
  }[];
  /** of all rows and of each slice */
  curves: Curve[];
  /** where it comes from */
  provenance: Provenance;
}

export interface FairnessSlice {
  /** the people: column -> value, null when it is missing */
  slice: Slice;
  /** rows */
  n: number;
  /** fewer rows than min_n */
  low_support: boolean;
  /** rows by label and decision */
  confusion: {
    /** rows */
    true_positive: number;
    /** rows */
    false_positive: number;
    /** rows */
    true_negative: number;
    /** rows */
    false_negative: number;
  } | null;
  /** its figures */
  metrics: Figure[];
}

export interface Gap {
  /** the gap */
  figure: Figure;
  /** the rules that judge it */
  rules: Rule[];
  /** what would settle it, if the rates stay as they are */
  rows_needed: {
    /** the people */
    slice: Slice;
    /** more rows of them would decide it */
    extra_rows: number;
  }[];
  /** whether the interval lies on one side of the limit; null: not planned */
  settled: boolean | null;
  /** what chance alone would give with groups of these sizes */
  null_expected: number | null;
  /** the gap without what chance adds to it */
  bias_corrected: number | null;
}

export interface FourFifths {
  /** the people */
  slice: Slice;
  /** those with the highest favourable rate */
  highest: Slice;
  /** of the favourable rates */
  ratio: number;
  /** lower end of its interval */
  low: number;
  /** upper end of its interval */
  high: number;
  /** of equal rates */
  p: number;
}

export interface Curve {
  /** the people */
  slice: Slice;
  /** points, threshold falling */
  roc: {
    /** positive at this score or above */
    threshold: number;
    /** there */
    false_positive_rate: number;
    /** there */
    true_positive_rate: number;
  }[];
  /** scores against what came true */
  reliability: {
    /** lowest score */
    from: number;
    /** highest score */
    to: number;
    /** rows */
    rows: number;
    /** of them */
    mean_score: number;
    /** share that is positive */
    positive_rate: number;
    /** lower end of its interval */
    low: number;
    /** upper end of its interval */
    high: number;
  }[];
}

export interface CardView {
  /** name of the model */
  name: string;
  /** its version */
  version: number;
  /** Model Card Toolkit JSON 0.0.2 */
  card: unknown;
  /** the same as a Hugging Face README */
  markdown: string;
  /** what the card's own check finds */
  problems: {
    /** where in the card */
    path: string;
    /** error: the toolkit refuses it; warning: it is poor */
    message: string;
  }[];
  /** paths that nothing filled */
  missing: string[];
  /** where it comes from */
  provenance: Provenance;
}

export interface RunView {
  /** id */
  run: string;
  /** what was run */
  operation: string;
  /** how it stands */
  state: RunState;
  /** who asked */
  by: string;
  /** when it began (RFC 3339) */
  started: string;
  /** when it ended */
  finished: string | null;
  /** how long it took; 0 while it runs */
  seconds: number;
  /** the run that it is a step of */
  parent: string | null;
  /** the plan or asset it is about; empty when unknown */
  name: string;
  /** of what it concluded */
  digest: string | null;
  /** where it ran */
  host: string;
  /** how many it could use; 0: as many as there are */
  threads: number;
  /** what went in */
  inputs: Port[];
  /** what came out */
  outputs: Port[];
  /** the request without inputs and seed, where it is kept */
  options: Record<string, unknown>;
  /** why it did not end well */
  error: Problem | null;
  /** of a plan */
  steps: RunStep[];
  /** of a run that has not ended */
  progress: Progress | null;
  /** what a plan wrote beside itself, by name */
  files: Record<string, string>;
  /** of a plan */
  verdict: Verdict | null;
  /** where it comes from */
  provenance: Provenance;
}

export interface Port {
  /** its name in the operation; `result` is the document concluded */
  role: string;
  /** of what went in or came out */
  digest: string;
  /** reference, where it is an asset */
  ref: string | null;
}

export interface Problem {
  /** urn:assay:error:CODE */
  type: string;
  /** the code in words */
  title: string;
  /** the HTTP status that it has */
  status: number;
  /** what went wrong */
  detail: string;
  /** the field, file or line; empty when `detail` names it */
  where?: string | undefined;
  /** what to do; empty when `detail` says it */
  fix?: string | undefined;
  /** names the kind of error */
  code: string;
}

export interface RunStep {
  /** of the step in the plan */
  id: string;
  /** what it ran */
  operation: string;
  /** how it stands */
  state: RunState;
  /** of what it concluded */
  digest: string | null;
  /** the run that concluded it */
  run: string | null;
  /** how long it took */
  seconds: number;
  /** its place, from 1 */
  number: number;
  /** how many steps are known */
  of: number;
}

export interface Progress {
  /** what is being done */
  phase: string;
  /** of total */
  done: number;
  /** 0 when it is not known */
  total: number;
  /** seconds left; null when it is not known */
  eta_s: number | null;
  /** for people */
  message: string;
}

export interface LineageView {
  /** id of the node that was asked for; empty: nothing is there */
  focus: string;
  /** in the order in which they were found */
  nodes: LineageNode[];
  /** input -> run -> output */
  edges: {
    /** id of a node */
    from: string;
    /** id of a node */
    to: string;
    /** what the thing is to the run; `result`: its conclusion */
    role: string;
  }[];
  /** there is more than is shown */
  truncated: boolean;
  /** empty: lineage is the record itself */
  provenance: Provenance;
}

export interface LineageNode {
  /** digest of a thing, id of a run */
  id: string;
  /** what it is */
  kind: NodeKind;
  /** of an asset, of an operation, or the kind of evidence */
  name: string;
  /** of an asset */
  version: number | null;
  /** of a thing; of a run: what it concluded */
  digest: string;
  /** of a run or a verdict; empty otherwise */
  state: string;
  /** when it was made (RFC 3339); empty when nothing says */
  time: string;
}

export interface SearchView {
  /** hits by kind */
  groups: {
    /** dataset, column, model, run, evidence, ... */
    kind: string;
    /** best first */
    items: {
      /** what was found */
      name: string;
      /** its page */
      href: string;
      /** what else is known of it */
      snippet: string;
    }[];
  }[];
}

export interface Form {
  /** what it works on */
  noun: string;
  /** what it does */
  verb: string;
  /** in a sentence */
  summary: string;
  /** the right that it needs */
  access: string;
  /** answered with a run to follow */
  long_running: boolean;
  /** its fields */
  arguments: {
    /** of the field; a dot leads into an object */
    name: string;
    /** string, integer, number, boolean or object */
    type: string;
    /** what it is */
    help: string;
    /** whether it must be given */
    required: boolean;
    /** a list of such values */
    repeated: boolean;
    /** the value when it is left out */
    default: unknown;
    /** the values allowed; none: any */
    choices: string[];
    /** smallest number allowed */
    low: number | null;
    /** largest number allowed */
    high: number | null;
    /** of a number */
    unit: string;
  }[];
}

export interface LogLine {
  seq: number;
  level: string;
  text: string;
  time: string;
}

export interface AuditEntry {
  /** its number, from 1 */
  seq: number;
  /** when (RFC 3339) */
  time: string;
  /** who */
  actor: string;
  /** did what */
  action: string;
  /** to what */
  object: string;
  /** digests and ids */
  detail: unknown;
  /** binds it to all entries before it */
  hash: string;
}

export interface EvidenceAnswer {
  /** of the evidence */
  digest: string;
  /** what was concluded */
  evidence: Evidence;
  /** when, where and by whom */
  record: EvidenceRecord;
}

export interface Me {
  user: string;
  csrf: string;
  roles: string[];
  workspaces: {
    name: string;
    folder: string;
  }[];
}
