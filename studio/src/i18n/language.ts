export const languages = ['en', 'ja', 'zh-Hant', 'zh-Hans'] as const;
export type Language = (typeof languages)[number];

/** Each in its own words: whoever looks for it can read it. */
export const languageNames: Record<Language, string> = { en: 'English', ja: '日本語', 'zh-Hant': '繁體中文', 'zh-Hans': '简体中文' };

function match(tag: string): Language | null {
  const parts = tag.toLowerCase().split(/[-_]/);
  if (parts[0] === 'en') return 'en';
  if (parts[0] === 'ja') return 'ja';
  if (parts[0] !== 'zh') return null;
  if (parts.includes('hant')) return 'zh-Hant';
  if (parts.includes('hans')) return 'zh-Hans';
  return parts.some((part) => part === 'tw' || part === 'hk' || part === 'mo') ? 'zh-Hant' : 'zh-Hans';
}

/** The first of the wished tags that the studio speaks, else English. */
export function languageFrom(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const found = wish ? match(wish) : null;
    if (found) return found;
  }
  return 'en';
}
