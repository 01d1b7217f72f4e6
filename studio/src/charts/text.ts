import { type Translate, useT } from '../i18n';

/** Words and number formats of charts in the current language; the catalogue is `charts`. */
export function useChartText(): { t: Translate; locale: string } {
  const t = useT();
  return { t, locale: t.language };
}
