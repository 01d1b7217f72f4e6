import { useQuery } from '@tanstack/react-query';
import { type ComponentType, type ReactNode, useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { whoAmI } from '../api/client';
import { useConnection } from '../api/connection';
import { useT } from '../i18n';
import { href } from '../state/href';
import { Skeleton } from '../ui/states';
import { Boundary } from './boundary';
import { Frame } from './frame';
import { NotFound } from './not_found';
import { PlaceContext, type RouteSpec, loadPage, placeOf } from './route';
import { SignIn } from './sign_in';

/** The page of a route once it is loaded; what stood before is gone at once, nothing flashes. */
function Loaded({ spec }: { spec: RouteSpec }): ReactNode {
  const [loaded, setLoaded] = useState<{ spec: RouteSpec; Page: ComponentType } | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  useEffect(() => {
    let here = true;
    loadPage(spec).then(
      (Page) => here && setLoaded({ spec, Page }),
      (error: unknown) => here && setFailed(error),
    );
    return () => {
      here = false;
    };
  }, [spec]);
  if (failed) throw failed;
  if (loaded?.spec !== spec) return <Skeleton lines={6} />;
  return <loaded.Page />;
}

function First(): ReactNode {
  const me = useQuery({ queryKey: ['me'], queryFn: whoAmI });
  const [, navigate] = useLocation();
  const t = useT();
  const first = me.data?.workspaces[0]?.name;
  useEffect(() => {
    if (first) navigate(href(first), { replace: true });
  }, [first, navigate]);
  if (me.isError) throw me.error;
  if (me.data && !first) return <p>{t('frame.no_workspace')}</p>;
  return <Skeleton lines={6} />;
}

export function App(): ReactNode {
  const [path] = useLocation();
  const place = useMemo(() => placeOf(path), [path]);
  const { link } = useConnection();
  return (
    <PlaceContext value={place}>
      <Frame>
        <Boundary at={path + (link === 'signed-out')}>
          {link === 'signed-out' ? <SignIn /> : place.spec ? <Loaded key={path} spec={place.spec} /> : path === '/' ? <First /> : <NotFound path={path} />}
        </Boundary>
      </Frame>
    </PlaceContext>
  );
}
