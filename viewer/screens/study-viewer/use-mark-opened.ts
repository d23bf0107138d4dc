import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usePermission } from '../../components/session-context.ts';
import { markOpened } from '../../dicomweb/study-status.ts';

/**
 * Tells the archive that studies are opened, when it is by someone who reads them. That this fails is no matter for who reads: the
 * list then still has them as new.
 */
export function useMarkOpened(studyInstanceUIDs: readonly string[]): void {
  const client = useQueryClient();
  const mayTell = usePermission('study:status');
  const key = studyInstanceUIDs.join();
  useEffect(() => {
    if (!mayTell || key === '') return;
    void Promise.allSettled(key.split(',').map((uid) => markOpened(uid))).then(() =>
      client.invalidateQueries({ queryKey: ['studies'] }),
    );
  }, [client, mayTell, key]);
}
