// The rules of a verdict: each with its figure and interval drawn against the limit.
import type { ReactNode } from 'react';
import type { Rule, Verdict } from '../api/types';
import { formatFixed, formatNumber } from '../charts/format';
import { type Translate, useT } from '../i18n';
import { Digest } from './bits';
import { StateMark } from './state_mark';

/** Which side of the limit is allowed: -1 below, +1 above, 0 where the rule does not say. */
export function allowedSide(require: string): -1 | 0 | 1 {
  const sides = [...require.matchAll(/[<>]=?/g)].map((match) => match[0][0]);
  if (sides.length !== 1 || / or | and |not /.test(require)) return 0;
  return sides[0] === '<' ? -1 : 1;
}

/** The scale of one rule: what is known of it, with air at both ends. */
export function ruleDomain(rule: Pick<Rule, 'value' | 'low' | 'high' | 'limit'>): [number, number] | null {
  const known = [rule.value, rule.low, rule.high, rule.limit].filter((x): x is number => x !== null && Number.isFinite(x));
  if (known.length === 0) return null;
  const low = Math.min(...known);
  const high = Math.max(...known);
  const air = (high - low || Math.abs(high) || 1) * 0.12;
  return [low - air, high + air];
}

const WIDTH = 200;
const HEIGHT = 34;
const LINE = 12;

/** Three decimals, so that figures of one table stand under each other; large and tiny ones as they come. */
export function ruleNumber(value: number | null, locale: string): string {
  const plain = value !== null && Math.abs(value) < 100 && (Math.abs(value) >= 0.001 || value === 0);
  return plain ? formatFixed(value, locale, 3) : formatNumber(value, locale, 3);
}

/** Why in the reader's language, made of the numbers; the gate's own English where there are none. */
export function ruleWhy(t: Translate, rule: Rule): string {
  const { value, low, high, limit, state } = rule;
  if (value === null || limit === null) return rule.why;
  const say = (x: number | null): string => ruleNumber(x, t.language);

  const side = allowedSide(rule.require);
  if (side === 0) return rule.why;
  const args = { value: say(value), low: say(low), high: say(high), limit: formatNumber(limit, t.language, 3), interval: low !== null && high !== null ? 'yes' : 'no' };
  return t(`frame.why_${state}_${side < 0 ? 'most' : 'least'}`, args);
}

export function RuleBar({ rule }: { rule: Rule }): ReactNode {
  const t = useT();
  const domain = ruleDomain(rule);
  if (!domain) return <span className="rule-none">{'\u2014'}</span>;
  const x = (value: number): number => Math.max(0, Math.min(WIDTH, ((value - domain[0]) / (domain[1] - domain[0])) * WIDTH));
  const side = allowedSide(rule.require);
  const limit = rule.limit === null ? null : x(rule.limit);
  return (
    <svg className={`rule-bar rule-${rule.state}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={ruleWhy(t, rule)}>
      <line className="rule-line" x1="0" x2={WIDTH} y1={LINE} y2={LINE} />
      {limit !== null && side !== 0 && <line className="rule-allowed" x1={side < 0 ? 0 : limit} x2={side < 0 ? limit : WIDTH} y1={LINE} y2={LINE} />}
      {rule.low !== null && rule.high !== null && (
        <>
          <rect className="rule-band" x={x(rule.low)} width={Math.max(1, x(rule.high) - x(rule.low))} y={LINE - 5} height="10" />
          <path className="rule-ends" d={`M${x(rule.low)} ${LINE - 7}v14M${x(rule.high)} ${LINE - 7}v14`} />
        </>
      )}
      {rule.value !== null && <circle className="rule-point" cx={x(rule.value)} cy={LINE} r="4.500" />}
      {limit !== null && (
        <>
          <line className="rule-limit" x1={limit} x2={limit} y1="1" y2={LINE + 10} />
          <text className="rule-limit-text" x={Math.max(12, Math.min(WIDTH - 12, limit))} y={HEIGHT - 1} textAnchor="middle">
            {formatNumber(rule.limit, t.language, 3)}
          </text>
        </>
      )}
    </svg>
  );
}

// A condition may break after a bracket or comma, not in the middle of a word.
function Breakable({ text }: { text: string }): ReactNode {
  return text.split(/(?<=[(,])/).map((part, i) => (i ? [<wbr key={i} />, part] : part));
}

export function RuleTable({ verdict, only }: { verdict: Verdict; only?: readonly string[] }): ReactNode {
  const t = useT();
  const rules = only ? verdict.rules.filter((rule) => only.includes(rule.id)) : verdict.rules;
  return (
    <ul className="rules">
      {rules.map((rule) => (
        <li key={rule.id}>
          <div className="rule-head">
            <StateMark state={rule.state} />
            <strong dir="auto">{rule.id}</strong>
            {rule.effect !== 'pass' && <span className="rule-effect">{t(`frame.effect_${rule.effect}`)}</span>}
          </div>
          <div className="rule-words">
            <code dir="auto"><Breakable text={rule.require} /></code>
            <p title={rule.why}>{ruleWhy(t, rule)}</p>
            {rule.because && <p className="rule-because" dir="auto">{t('frame.because', { reason: rule.because })}</p>}
            {rule.evidence.length > 0 && (
              <p className="rule-because rule-evidence">
                {t('frame.evidence')}
                {rule.evidence.slice(0, 3).map((digest) => (
                  <Digest key={digest} value={digest} link />
                ))}
              </p>
            )}
          </div>
          <div className="rule-figure">
            <RuleBar rule={rule} />
          </div>
          <div className="rule-value">
            <b>{ruleNumber(rule.value, t.language)}</b>
            {rule.low !== null && rule.high !== null && (
              <span>{t('frame.interval', { low: ruleNumber(rule.low, t.language), high: ruleNumber(rule.high, t.language) })}</span>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
