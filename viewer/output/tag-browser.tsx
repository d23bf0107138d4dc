import './output.css';
import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useDeferredValue, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icons.tsx';
import { WaitSign } from '../components/wait-sign.tsx';
import { retrieveInstanceMetadata } from '../dicomweb/instance-metadata.ts';
import { personName } from '../dicomweb/person-name.ts';
import { tags } from '../dicomweb/tags.ts';
import type { ImageDescription } from '../viewport/image-description.ts';
import { activeController, togglePanel, useWorkspace } from '../workspace/workspace-store.ts';
import { loadKeywords } from './keyword-dictionary.ts';
import { tell } from './output-store.ts';
import { matchingRows, type TagRow, tagRows } from './tag-rows.ts';

const noSubscription = () => () => {};
/** Longer values are cut on the screen; copying gives all of them. */
const longestValue = 300;

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell('copied');
  } catch {
    tell('copyRefused', text);
  }
}

function Row({ row }: { row: TagRow }): ReactNode {
  const { t } = useTranslation();
  const isCut = row.value.length > longestValue;
  return (
    <tr className={row.isPrivate ? 'tag-private' : undefined} data-testid="tag-row" data-path={row.path}>
      <td style={{ paddingLeft: 8 + 16 * row.depth }}>{row.tag}</td>
      <td>{row.vr}</td>
      <td>{row.keyword || (row.isPrivate ? t('output.privateTag') : '')}</td>
      <td title={isCut ? row.value : undefined}>
        {isCut ? `${row.value.slice(0, longestValue)}…` : row.value}
      </td>
    </tr>
  );
}

function Table({ rows }: { rows: readonly TagRow[] }): ReactNode {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="tag-scroll" tabIndex={0} aria-label={t('output.tags')}>
      <table className="tag-table">
        <thead>
          <tr>
            <th scope="col">{t('output.tag')}</th>
            <th scope="col">{t('output.vr')}</th>
            <th scope="col">{t('output.keyword')}</th>
            <th scope="col">{t('output.value')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.path} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const asText = (rows: readonly TagRow[]): string =>
  rows
    .map(({ depth, tag, vr, keyword, value }) => `${'  '.repeat(depth)}${tag} ${vr} ${keyword}\t${value}`)
    .join('\n');

function Attributes({ image }: { image: ImageDescription }): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search);
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = image;
  const loaded = useQuery({
    queryKey: ['tags', sopInstanceUID],
    queryFn: async ({ signal }) => {
      const address = { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
      const [dataSet, keywordOf] = await Promise.all([
        retrieveInstanceMetadata(address, signal),
        loadKeywords(),
      ]);
      return tagRows(dataSet, keywordOf);
    },
  });
  const rows = useMemo(() => matchingRows(loaded.data ?? [], wanted), [loaded.data, wanted]);
  const step = (by: 1 | -1) => activeController()?.scrollBy(by);
  return (
    <>
      <Group gap="xs" mb="xs">
        <TextInput
          flex={1}
          data-autofocus
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={t('output.search')}
          aria-label={t('output.search')}
          leftSection={<Icon name="search" size={16} />}
          data-testid="tag-search"
        />
        <ActionIcon
          size="lg"
          variant="default"
          aria-label={t('command.previousImage')}
          onClick={() => step(-1)}
        >
          <Icon name="previousSeries" size={18} />
        </ActionIcon>
        <ActionIcon
          size="lg"
          variant="default"
          aria-label={t('command.nextImage')}
          onClick={() => step(1)}
          data-testid="tag-next"
        >
          <Icon name="nextSeries" size={18} />
        </ActionIcon>
        <Button
          variant="default"
          leftSection={<Icon name="copy" size={16} />}
          disabled={rows.length === 0}
          onClick={() => void copy(asText(rows))}
        >
          {t('output.copyRows')}
        </Button>
      </Group>
      {loaded.isPending ? <WaitSign size="sm" /> : null}
      {loaded.isError ? (
        <Text c="red.4" role="alert">
          {t('output.tagsFailed')}: {loaded.error.message}{' '}
          <Button size="xs" variant="default" onClick={() => void loaded.refetch()}>
            {t('app.retry')}
          </Button>
        </Text>
      ) : null}
      {loaded.data ? <Table rows={rows} /> : null}
      {loaded.data ? (
        <Text size="sm" c="dark.1" mt="xs" role="status">
          {t('output.rows', { count: rows.length })}
        </Text>
      ) : null}
    </>
  );
}

/** All attributes of the instance on the screen. */
export function TagBrowser(): ReactNode {
  const { t } = useTranslation();
  const isOpen = useWorkspace((workspace) => workspace.panel === 'tagBrowser');
  const controller = useWorkspace(activeController);
  const state = useSyncExternalStore(controller?.subscribe ?? noSubscription, () => controller?.getState());
  const { image, stack } = state ?? {};
  const title =
    image && stack
      ? t('output.tagsOf', {
          patient: personName(image.instance, tags.PatientName) ?? t('list.noName'),
          number: stack.images.indexOf(image) + 1,
          count: stack.images.length,
        })
      : t('output.tags');
  return (
    <Dialog opened={isOpen} onClose={() => togglePanel('tagBrowser')} title={title} size={1100}>
      <div data-testid="tag-browser" data-sop-instance-uid={image?.sopInstanceUID}>
        {image ? <Attributes image={image} /> : <Text>{t('output.nothingShown')}</Text>}
      </div>
    </Dialog>
  );
}
