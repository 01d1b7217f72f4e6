// The report as it was signed: the very bytes, in a frame of their own without scripts of this page.
import { type ReactNode, useState } from 'react';
import { segments, useRead } from '../../api/hooks';
import type { ModelView } from '../../api/types';
import { useParams } from '../../app/route';
import { useT } from '../../i18n';
import { Digest } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Page } from '../../ui/page';
import { Await, Empty, Skeleton, Stale } from '../../ui/states';
import './document.css';

export default function ReportPage(): ReactNode {
  const t = useT();
  const { name = '', ver = '' } = useParams();
  const read = useRead<ModelView>(`view/models/${segments(name, ver)}`);
  const report = read.data?.report ?? null;
  return (
    <Page
      title={t('document.report')}
      sub={<><span>{`${name} · v${ver}`}</span>{report && <Digest value={report.evidence} link />}</>}
      actions={
        report && (
          <>
            <a className="button button-plain" href={report.href} target="_blank" rel="noreferrer">{t('document.open')}</a>
            <a className="button button-plain" href={report.href} download={`${name}.report.html`} data-export=""><Icon name="download" />{t('document.download')}</a>
          </>
        )
      }
      provenance={read.data?.provenance}
    >
      <Await of={read} empty={(data) => (data.report ? null : <Empty title={t('document.no_report')} why={t('document.no_report_why')} command="assay run assay.yaml" />)}>
        {(data) => (
          <>
            {data.provenance.stale && <Stale />}
            <Viewer address={data.report?.href ?? ''} title={t('document.report_of', { name: `${name} · v${ver}` })} />
          </>
        )}
      </Await>
    </Page>
  );
}

function Viewer({ address, title }: { address: string; title: string }): ReactNode {
  const [loaded, setLoaded] = useState(false);
  return (
    <div className="viewer">
      {!loaded && <Skeleton lines={8} />}
      <iframe src={address} title={title} onLoad={() => setLoaded(true)} className={loaded ? '' : 'viewer-loading'} />
    </div>
  );
}
