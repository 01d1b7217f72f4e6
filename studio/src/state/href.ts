// Addresses of the studio's own pages.
import { segments } from '../api/hooks';

/** href('mortgage', 'models', 'mortgage', 1) = /w/mortgage/models/mortgage/1 */
export function href(workspace: string, ...parts: (string | number)[]): string {
  return `/w/${segments(workspace, ...parts)}`;
}

/** The server's links may come with or without the workspace; only addresses of our own pages are followed. */
export function localHref(workspace: string, link: string): string | null {
  if (!link) return null;
  if (link.startsWith('/w/') || link.startsWith('/api/v1/')) return link;
  if (/^[a-z][a-z0-9+.-]*:/i.test(link) || link.startsWith('//')) return null;
  return `/w/${encodeURIComponent(workspace)}/${link.replace(/^\/+/, '')}`;
}
