import { Button, CloseButton, Progress, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StoreOutcome } from '../../dicomweb/store.ts';
import type { UploadProgress } from '../../dicomweb/upload.ts';
import { formatBytes } from './format-bytes.ts';
import type { Upload } from './use-upload.ts';

/** Failures listed in the page; the rest is counted. */
const listedFailures = 200;

function Reason({ failure }: { failure: StoreOutcome }): ReactNode {
  const { t, i18n } = useTranslation();
  const { failureReason, explanation } = failure;
  if (failureReason === undefined) return explanation ?? t('upload.noReason');
  const code = failureReason.toString(16).toUpperCase().padStart(4, '0');
  const key = `failureReason.x${code}`;
  const meaning = i18n.exists(key)
    ? t(key as 'failureReason.xC000')
    : t('failureReason.other', { code: `${code}H` });
  return explanation ? `${meaning} (${explanation})` : meaning;
}

function Failures({ failures }: { failures: readonly StoreOutcome[] }): ReactNode {
  const { t } = useTranslation();
  if (failures.length === 0) return null;
  return (
    <div className="upload-failures" data-testid="upload-failures">
      <table>
        <caption>{t('upload.failures')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('upload.file')}</th>
            <th scope="col">{t('upload.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {failures.slice(0, listedFailures).map((failure, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows, and file names may repeat
            <tr key={index} data-testid="upload-failure">
              <td className="selectable">{failure.name}</td>
              <td className="selectable">
                <Reason failure={failure} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {failures.length > listedFailures ? (
        <Text size="sm">{t('upload.moreFailures', { count: failures.length - listedFailures })}</Text>
      ) : null}
    </div>
  );
}

function Counts({ progress }: { progress: UploadProgress }): ReactNode {
  const { t } = useTranslation();
  const parts = [
    t('upload.stored', { count: progress.stored }),
    ...(progress.failures.length > 0 ? [t('upload.failed', { count: progress.failures.length })] : []),
    ...(progress.directoriesSkipped > 0 ? [t('upload.skipped', { count: progress.directoriesSkipped })] : []),
  ];
  return (
    <Text size="sm" data-testid="upload-counts">
      {parts.join(', ')}
    </Text>
  );
}

/** Progress of an upload, and what became of it. */
export function UploadReport({ upload }: { upload: Upload }): ReactNode {
  const { t } = useTranslation();
  const { status, progress } = upload;
  if (status === 'idle') return null;
  const isRunning = status === 'running';
  const titles = { running: 'running', done: 'done', cancelled: 'cancelled', nothing: 'noneFound' } as const;
  const percent =
    progress && progress.bytesTotal > 0 ? (progress.bytesSent / progress.bytesTotal) * 100 : 100;
  return (
    <aside
      className="upload-report panel"
      aria-live="polite"
      data-testid="upload-report"
      data-status={status}
    >
      <div className="upload-title">
        <Text fw={600}>{t(`upload.${titles[status]}`)}</Text>
        {isRunning ? (
          <Button size="xs" variant="default" onClick={upload.cancel}>
            {t('upload.cancel')}
          </Button>
        ) : (
          <CloseButton aria-label={t('upload.dismiss')} onClick={upload.dismiss} />
        )}
      </div>
      {progress ? (
        <>
          <Progress value={percent} size="lg" aria-label={t('upload.running')} animated={isRunning} />
          <Text size="sm" data-testid="upload-progress">
            {t('upload.progress', {
              done: progress.filesDone,
              total: progress.filesTotal,
              sent: formatBytes(progress.bytesSent),
              bytes: formatBytes(progress.bytesTotal),
            })}
          </Text>
          <Counts progress={progress} />
          <Failures failures={progress.failures} />
        </>
      ) : null}
    </aside>
  );
}
