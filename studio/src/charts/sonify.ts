// A chart to listen to: place becomes time (3 s), height becomes pitch (220-880 Hz, logarithmic), missing is silence, the
// width of the interval is noise, a point beyond the limit clicks; a second series plays in the other ear.

export interface Tone {
  value: number | null;
  low?: number | null;
  high?: number | null;
}

export interface SoundPlan {
  series: readonly (readonly Tone[])[];
  domain: readonly [number, number];
  limit?: number | null;
}

export interface Note {
  at: number;
  seconds: number;
  hertz: number;
  noise: number;
  click: boolean;
  side: -1 | 0 | 1;
}

export const SWEEP_SECONDS = 3;

/** The notes of a plan, without any sound: what is played and when. */
export function notesOf(plan: SoundPlan): Note[] {
  const [low, high] = plan.domain;
  const span = high - low || 1;
  const many = plan.series.length > 1;
  return plan.series.flatMap((tones, which) => {
    const seconds = SWEEP_SECONDS / Math.max(1, tones.length);
    let beyond: boolean | null = null;
    return tones.flatMap((tone, i): Note[] => {
      if (tone.value === null || !Number.isFinite(tone.value)) return [];
      const share = Math.min(1, Math.max(0, (tone.value - low) / span));
      const width = tone.low != null && tone.high != null ? Math.min(1, Math.abs(tone.high - tone.low) / span) : 0;
      const now = plan.limit == null ? null : tone.value > plan.limit;
      const click = now !== null && (beyond === null ? now : now !== beyond);
      beyond = now;
      const side = many ? (which % 2 ? 1 : -1) : 0;
      return [{ at: i * seconds, seconds, hertz: 220 * 4 ** share, noise: width, click, side }];
    });
  });
}

function noiseBuffer(context: BaseAudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, context.sampleRate, context.sampleRate);
  const data = buffer.getChannelData(0);
  let state = 1;
  for (let i = 0; i < data.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data[i] = state / 2 ** 31;
  }
  return buffer;
}

function playNote(context: AudioContext, note: Note, start: number, hiss: AudioBuffer): void {
  const at = start + note.at;
  const end = at + note.seconds;
  const ear = context.createStereoPanner();
  ear.pan.value = note.side * 0.8;
  ear.connect(context.destination);
  const shape = (peak: number): GainNode => {
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(peak, at + Math.min(0.01, note.seconds / 4));
    gain.gain.setValueAtTime(peak, end - Math.min(0.02, note.seconds / 4));
    gain.gain.linearRampToValueAtTime(0, end);
    gain.connect(ear);
    return gain;
  };
  const tone = context.createOscillator();
  tone.frequency.value = note.hertz;
  tone.connect(shape(0.18));
  tone.start(at);
  tone.stop(end);
  if (note.noise > 0.01) {
    const source = context.createBufferSource();
    source.buffer = hiss;
    source.loop = true;
    source.connect(shape(0.12 * note.noise));
    source.start(at);
    source.stop(end);
  }
  if (note.click) {
    const click = context.createOscillator();
    click.type = 'square';
    click.frequency.value = 1760;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0.2, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.03);
    click.connect(gain).connect(ear);
    click.start(at);
    click.stop(at + 0.03);
  }
}

/** Plays the plan; the function returned stops it. */
export function play(plan: SoundPlan, done: () => void): () => void {
  const context = new AudioContext();
  const hiss = noiseBuffer(context);
  const start = context.currentTime + 0.05;
  for (const note of notesOf(plan)) playNote(context, note, start, hiss);
  let open = true;
  const stop = (): void => {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    void context.close();
    done();
  };
  const timer = setTimeout(stop, (SWEEP_SECONDS + 0.2) * 1000);
  return stop;
}
