import { items, type JsonDataSet, values } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

/** Where the functional group macro of one frame (from 0) is: per frame, shared, or the instance itself (PS3.3 C.7.6.16). */
export function functionalGroup(instance: JsonDataSet, frameIndex: number, groupTag: string): JsonDataSet {
  // By index, not through items(): that would go through all frames for each frame.
  const perFrame = values(instance, tags.PerFrameFunctionalGroupsSequence)[frameIndex] as
    | JsonDataSet
    | undefined;
  const shared = items(instance, tags.SharedFunctionalGroupsSequence)[0];
  for (const groups of [perFrame, shared]) {
    const group = groups ? items(groups, groupTag)[0] : undefined;
    if (group) return group;
  }
  return instance;
}
