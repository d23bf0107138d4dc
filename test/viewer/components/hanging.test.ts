import { describe, expect, it } from 'vitest';
import type { JsonDataSet } from '../../../viewer/dicomweb/data-set.ts';
import { chestWallEdge, commonScale } from '../../../viewer/hanging/breast-alignment.ts';
import { compareWithPrior } from '../../../viewer/hanging/compare.ts';
import { type Candidate, candidatesOf } from '../../../viewer/hanging/facts.ts';
import { matchProtocols } from '../../../viewer/hanging/match.ts';
import { otherStudies, spanBetween } from '../../../viewer/hanging/priors.ts';
import type { HangingProtocol } from '../../../viewer/hanging/protocol.ts';
import { shippedProtocols } from '../../../viewer/hanging/protocols/shipped.ts';
import { orientationMarkers } from '../../../viewer/viewport/orientation.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

type Header = Parameters<typeof makeDataSet>[0];

const planes = { axial: [1, 0, 0, 0, 1, 0], coronal: [1, 0, 0, 0, 0, -1], sagittal: [0, 1, 0, 0, 0, -1] };

/** A series of slices 1 mm apart, each at a place of its own in any plane. */
function slices(uid: string, count: number, header: Header, plane: keyof typeof planes = 'axial') {
  const instances = Array.from({ length: count }, (_, index) =>
    makeSlice(index + 1, 0, {
      SOPInstanceUID: `${uid}.${index + 1}`,
      ImageOrientationPatient: planes[plane],
      ImagePositionPatient: [index, index, -index],
      ...header,
    }),
  );
  return makeDisplaySets('1.1', uid, instances);
}

/** Projections of one series, each with a header of its own. */
const projections = (uid: string, ...headers: Header[]) =>
  makeDisplaySets(
    '1.1',
    uid,
    headers.map((header, index) =>
      makeDataSet({
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2',
        SOPInstanceUID: `${uid}.${index + 1}`,
        InstanceNumber: index + 1,
        Rows: 4,
        Columns: 4,
        ...header,
      }),
    ),
  );

const candidates = (...sets: ReturnType<typeof slices>[]): Candidate[] =>
  sets.flat().flatMap((set) => (set.kind === 'image' ? candidatesOf(set) : []));

function best(current: readonly Candidate[], prior: readonly Candidate[] = []) {
  const match = matchProtocols(shippedProtocols, { current, prior })[0];
  const tilesOf = (id: string) =>
    match?.stages
      .find(({ stage }) => stage.id === id)
      ?.tiles.map((tile) => tile && `${tile.candidate.displaySetId}@${tile.candidate.index ?? ''}`);
  return { id: match?.protocol.id, stages: match?.stages.map(({ stage }) => stage.id), tilesOf, match };
}

describe('hanging protocols', () => {
  it('are data: written as JSON and read again they are the same', () => {
    expect(JSON.parse(JSON.stringify(shippedProtocols))).toEqual(shippedProtocols);
    expect(new Set(shippedProtocols.map(({ id }) => id)).size).toBe(shippedProtocols.length);
    for (const { stages } of shippedProtocols) {
      for (const { grid, tiles } of stages) expect(tiles).toHaveLength(grid.rows * grid.columns);
    }
  });

  it('show the axial slices of a CT before its scout, in windows of its region', () => {
    const scout = slices(
      '1.2',
      2,
      { Modality: 'CT', ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] },
      'coronal',
    );
    const chest = slices('1.3', 12, { Modality: 'CT', BodyPartExamined: 'CHEST' });
    const found = best(candidates(scout, chest));
    expect(found.id).toBe('ctChest');
    expect(found.tilesOf('one')).toEqual(['1.1/1.3#0@']);
    const windows = found.match?.stages.find(({ stage }) => stage.id === 'windows');
    expect(windows?.tiles.map((tile) => tile?.plan.window)).toEqual(['softTissue', 'lung']);
  });

  it('say why they were chosen', () => {
    const head = slices('1.2', 12, { Modality: 'CT', StudyDescription: 'CT Head w/o contrast' });
    const { match } = best(candidates(head));
    expect(match?.protocol.id).toBe('ctHead');
    expect(match?.reasons).toEqual([
      { fact: 'modality', value: 'CT', weight: 10 },
      { fact: 'anyText', value: 'CT Head w/o contrast', weight: 20 },
    ]);
    expect(match?.score).toBe(30);
  });

  it('find words by their beginning only: the forehead of a foot is no head', () => {
    const other = slices('1.2', 12, { Modality: 'CT', StudyDescription: 'Forehead-like finding, foot' });
    expect(best(candidates(other)).id).toBe('ct');
  });

  it('put T1, T2, FLAIR and diffusion of a head in their places, by words or by times', () => {
    const mr = { Modality: 'MR', BodyPartExamined: 'HEAD' };
    const series = [
      slices('1.2', 3, { ...mr, SeriesDescription: 'localizer' }, 'sagittal'),
      slices('1.3', 20, { ...mr, SeriesDescription: 'ep2d_diff_3scan_trace' }),
      slices('1.4', 20, { ...mr, SeriesDescription: 't2_tirm_tra_dark-fluid FLAIR' }),
      slices('1.5', 20, { ...mr, SeriesDescription: 'tra', RepetitionTime: 450, EchoTime: 10 }),
      slices('1.6', 20, { ...mr, SeriesDescription: 'tra', RepetitionTime: 4500, EchoTime: 100 }),
      slices('1.7', 20, { ...mr, SeriesDescription: 'sag T2' }, 'sagittal'),
    ];
    const found = best(candidates(...series));
    expect(found.id).toBe('mrNeuro');
    expect(found.tilesOf('sequences')).toEqual(['1.1/1.5#0@', '1.1/1.6#0@', '1.1/1.4#0@', '1.1/1.3#0@']);
  });

  it('put the planes of a knee and of a spine side by side, without empty tiles', () => {
    const knee = { Modality: 'MR', BodyPartExamined: 'KNEE' };
    const found = best(candidates(slices('1.2', 9, knee, 'coronal'), slices('1.3', 9, knee, 'sagittal')));
    expect(found.id).toBe('mrKnee');
    expect(found.tilesOf('planes')).toEqual(['1.1/1.3#0@', '1.1/1.2#0@']);
    expect(found.match?.stages[0]?.stage.grid).toEqual({ rows: 1, columns: 2 });
    const spine = { Modality: 'MR', StudyDescription: 'MRT LWS' };
    const lumbar = best(
      candidates(
        slices('1.2', 9, { ...spine, SeriesDescription: 't1_tse_sag' }, 'sagittal'),
        slices('1.3', 9, { ...spine, SeriesDescription: 't2_tse_sag' }, 'sagittal'),
        slices('1.4', 9, { ...spine, SeriesDescription: 't2_tse_tra' }),
      ),
    );
    expect(lumbar.id).toBe('mrSpine');
    expect(lumbar.tilesOf('sagittal')).toEqual(['1.1/1.3#0@', '1.1/1.2#0@', '1.1/1.4#0@']);
  });

  it('put the frontal view of a chest before the lateral one, whichever was taken first', () => {
    const found = best(
      candidates(
        projections('1.2', { Modality: 'DX', ViewPosition: 'LL' }),
        projections('1.3', { Modality: 'DX', ViewPosition: 'PA' }),
      ),
    );
    expect(found.id).toBe('radiographs');
    expect(found.tilesOf('frontalAndLateral')).toEqual(['1.1/1.3#0@0', '1.1/1.2#0@0']);
    const coded = projections('1.2', {
      Modality: 'DX',
      ViewCodeSequence: [makeDataSet({ CodeValue: '272479007' })],
    });
    expect(candidates(coded)[0]?.facts.view).toEqual(['PA']);
  });

  it('put CT beside PET, the corrected one, and invert the PET in the next stage', () => {
    const found = best(
      candidates(
        slices('1.2', 12, { Modality: 'CT' }),
        slices('1.3', 12, { Modality: 'PT', SeriesDescription: 'PET NAC' }),
        slices('1.4', 12, { Modality: 'PT', SeriesDescription: 'PET AC' }),
      ),
    );
    expect(found.id).toBe('petCt');
    expect(found.tilesOf('pair')).toEqual(['1.1/1.2#0@', '1.1/1.4#0@']);
    const inverted = found.match?.stages.find(({ stage }) => stage.id === 'inverted');
    expect(inverted?.tiles.map((tile) => tile?.plan.isInverted ?? false)).toEqual([false, true]);
  });

  it('show as many clips of an ultrasound as there are, and what no protocol knows in its order', () => {
    const clip = (number: number) =>
      projections(`1.${number}`, {
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.3.1',
        Modality: 'US',
        NumberOfFrames: 5,
      });
    const found = best(candidates(clip(2), clip(3), clip(4)));
    expect(found.id).toBe('ultrasound');
    expect(found.match?.stages[0]?.stage.grid).toEqual({ rows: 2, columns: 2 });
    const other = best(
      candidates(projections('1.2', { Modality: 'OT' }), projections('1.3', { Modality: 'OT' })),
    );
    expect(other.id).toBe('fallback');
    expect(other.tilesOf('one')).toEqual(['1.1/1.2#0@']);
  });

  it('use an own layout before any shipped one', () => {
    const own: HangingProtocol = {
      id: 'own-1',
      name: 'Mine',
      study: [{ fact: 'modality', anyOf: ['CT'], isRequired: true, weight: 1000 }],
      stages: [{ id: 'own', grid: { rows: 1, columns: 1 }, tiles: [{ series: [] }] }],
    };
    const current = candidates(slices('1.2', 12, { Modality: 'CT', BodyPartExamined: 'CHEST' }));
    const [first] = matchProtocols([own, ...shippedProtocols], { current, prior: [] });
    expect(first?.protocol.id).toBe('own-1');
  });
});

describe('mammograms', () => {
  const view = (side: string, position: string): Header => ({
    Modality: 'MG',
    ImageLaterality: side,
    ViewPosition: position,
  });
  /** All four in one series, as many systems store them, in an order that is not that of hanging. */
  const four = projections('1.2', view('L', 'MLO'), view('R', 'CC'), view('L', 'CC'), view('R', 'MLO'));

  it('hang right at left and left at right, CC over MLO, though all are of one series', () => {
    const found = best(candidates(four));
    expect(found.id).toBe('mg');
    expect(found.tilesOf('all')).toEqual(['1.1/1.2#0@1', '1.1/1.2#0@2', '1.1/1.2#0@3', '1.1/1.2#0@0']);
    expect(found.match?.stages[0]?.tiles.map((tile) => tile?.plan.chestWall)).toEqual([
      'right',
      'left',
      'right',
      'left',
    ]);
  });

  it('keep the place of a view that is missing empty, and compare with a prior when one is open', () => {
    const three = projections('1.2', view('L', 'MLO'), view('R', 'CC'), view('R', 'MLO'));
    expect(best(candidates(three)).tilesOf('all')).toEqual([
      '1.1/1.2#0@1',
      undefined,
      '1.1/1.2#0@2',
      '1.1/1.2#0@0',
    ]);
    expect(best(candidates(four)).stages).toEqual(['all', 'cc', 'mlo', 'right', 'left']);
    const prior = candidates(projections('1.9', view('R', 'CC'), view('L', 'CC')));
    const found = best(candidates(four), prior);
    expect(found.tilesOf('ccPrior')).toEqual(['1.1/1.2#0@1', '1.1/1.2#0@2', '1.1/1.9#0@0', '1.1/1.9#0@1']);
  });

  it('are hung as processed for presentation; a raw one only where its view has no other', () => {
    const intent = (PresentationIntentType: string, type = 'ORIGINAL') => ({
      PresentationIntentType,
      ImageType: [type, type === 'ORIGINAL' ? 'PRIMARY' : 'SECONDARY'],
    });
    const raw = intent('FOR PROCESSING');
    // As scanners store them: raw and processed of each view, the raw one first and the processed one derived from it.
    const both = projections(
      '1.2',
      { ...view('R', 'CC'), ...raw },
      { ...view('R', 'CC'), ...intent('FOR PRESENTATION', 'DERIVED') },
      { ...view('L', 'CC'), ...raw },
      { ...view('R', 'MLO'), ...raw },
      { ...view('R', 'MLO'), ...intent('FOR PRESENTATION', 'DERIVED') },
      { ...view('L', 'MLO'), ...raw },
      { ...view('L', 'MLO'), ImageType: ['DERIVED', 'SECONDARY'] },
    );
    expect(best(candidates(both)).tilesOf('all')).toEqual([
      '1.1/1.2#0@1',
      '1.1/1.2#0@2',
      '1.1/1.2#0@4',
      '1.1/1.2#0@6',
    ]);
  });

  it('are not hung among empty places: both views of one breast beside each other, a single one alone', () => {
    const right = projections('1.2', view('R', 'CC'), view('R', 'MLO'));
    expect(best(candidates(right)).stages).toEqual(['right']);
    expect(best(candidates(projections('1.2', view('R', 'CC')))).id).not.toBe('mg');
  });

  it('have their chest wall where the letters say posterior, and nothing is guessed without them', () => {
    const asStored = { right: [1, 0, 0], down: [0, 1, 0] } as const;
    const mirrored = { right: [-1, 0, 0], down: [0, 1, 0] } as const;
    const edge = (patientOrientation: string[], axes: typeof asStored | typeof mirrored = asStored) =>
      chestWallEdge(orientationMarkers({ rowDirection: undefined, patientOrientation }, axes));
    expect(edge(['P', 'L'])).toBe('right');
    expect(edge(['A', 'R'])).toBe('left');
    expect(edge(['A', 'FR'])).toBe('left');
    // Mirrored on the screen, it is at the other edge: letters and decision go together.
    expect(edge(['P', 'L'], mirrored)).toBe('left');
    // Turned by a quarter, or unknown.
    expect(edge(['F', 'P'])).toBeUndefined();
    expect(edge([])).toBeUndefined();
  });

  it('are shown in the largest scale at which all are whole', () => {
    const tile = { width: 500, height: 400 };
    expect(
      commonScale(
        [
          { width: 100, height: 200 },
          { width: 250, height: 100 },
        ],
        tile,
      ),
    ).toBe(2);
    expect(commonScale([], tile)).toBeUndefined();
  });
});

const study = (uid: string, date: string, more: Header = {}): JsonDataSet =>
  makeDataSet({
    StudyInstanceUID: uid,
    StudyDate: date,
    PatientID: 'P1',
    PatientName: { Alphabetic: 'Smith^John' } as unknown as string,
    PatientBirthDate: '19500101',
    ...more,
  });
const uidsOf = (studies: readonly { studyInstanceUID: string }[]) =>
  studies.map(({ studyInstanceUID }) => studyInstanceUID);

describe('priors', () => {
  const open = study('1.1', '20240510', {
    StudyDescription: 'CT Thorax',
    Modality: 'CT',
    ModalitiesInStudy: ['CT'],
  });
  const found = [
    open,
    study('1.2', '20240110', { StudyDescription: 'MRI knee', ModalitiesInStudy: ['MR'] }),
    study('1.3', '20200110', { StudyDescription: 'CT chest', ModalitiesInStudy: ['CT', 'SR'] }),
    study('1.4', '20230110', { StudyDescription: 'CT Head', ModalitiesInStudy: ['CT'] }),
    study('1.5', '20220110', { StudyDescription: 'Chest PA', ModalitiesInStudy: ['DX'] }),
    study('1.6', '20210110', { StudyDescription: 'Thorax', ModalitiesInStudy: ['CT'] }),
    study('1.7', '20250110', { StudyDescription: 'CT Thorax', ModalitiesInStudy: ['CT'] }),
    study('1.8', '', { ModalitiesInStudy: ['CT'] }),
  ];

  it('are the older studies: of the same modality and region first, then the newest', () => {
    const { priors, others, contradicting } = otherStudies(open, ['1.1'], found, []);
    expect(uidsOf(priors)).toEqual(['1.6', '1.3', '1.5', '1.4', '1.2']);
    // Newer ones, and those without a date, are no priors.
    expect(uidsOf(others)).toEqual(['1.7', '1.8']);
    expect(contradicting).toBe(0);
  });

  it('know the region by Body Part Examined of the series, where no description tells it', () => {
    const silent = [open, study('1.2', '20230110'), study('1.3', '20220110')];
    const series = [
      makeDataSet({ StudyInstanceUID: '1.2', Modality: 'CT', BodyPartExamined: 'KNEE' }),
      makeDataSet({ StudyInstanceUID: '1.3', Modality: 'CT', BodyPartExamined: 'CHEST' }),
    ];
    expect(uidsOf(otherStudies(open, ['1.1'], silent, series).priors)).toEqual(['1.3', '1.2']);
  });

  it('are never those of another person', () => {
    const others = [
      study('2.1', '20230101', { PatientName: { Alphabetic: 'Smith^Jane' } as unknown as string }),
      study('2.2', '20230101', { PatientBirthDate: '19500102' }),
      study('2.3', '20230101', { PatientID: 'P10' }),
      study('2.4', '20230101', { PatientID: '' }),
      study('2.5', '20230101', { IssuerOfPatientID: 'SOUTH' }),
    ];
    const issued = study('1.1', '20240510', { IssuerOfPatientID: 'NORTH' });
    const answer = otherStudies(issued, ['1.1'], [issued, ...others], []);
    expect([...answer.priors, ...answer.others]).toEqual([]);
    expect(answer.contradicting).toBe(5);
    const nameless = study('1.1', '20240510', { PatientID: '' });
    expect(otherStudies(nameless, ['1.1'], [study('2.6', '20230101', { PatientID: '' })], []).priors).toEqual(
      [],
    );
  });

  it('have an age that is said in words', () => {
    expect(spanBetween('20240110', '20240510')).toEqual({ unit: 'months', count: 4, isBefore: true });
    expect(spanBetween('20240501', '20240510')).toEqual({ unit: 'days', count: 9, isBefore: true });
    expect(spanBetween('20240401', '20240510')).toEqual({ unit: 'weeks', count: 6, isBefore: true });
    expect(spanBetween('20140401', '20240510')).toEqual({ unit: 'years', count: 10, isBefore: true });
    expect(spanBetween('20240610', '20240510')).toMatchObject({ isBefore: false });
    expect(spanBetween('', '20240510')).toBeUndefined();
  });
});

describe('a comparison', () => {
  it('finds the like: plane and weighting before the number of images; and the same way through the stack', () => {
    const mr = { Modality: 'MR', BodyPartExamined: 'HEAD' };
    const current = candidates(
      slices('1.2', 20, { ...mr, SeriesDescription: 'T1' }),
      slices('1.3', 20, { ...mr, SeriesDescription: 'FLAIR' }),
    );
    const prior = candidates(
      slices('2.2', 20, { ...mr, SeriesDescription: 'T2' }),
      slices('2.3', 40, { ...mr, SeriesDescription: 'FLAIR cor' }, 'coronal'),
      slices('2.4', 60, { ...mr, SeriesDescription: 'FLAIR ax' }),
    );
    const looked = current[1];
    if (!looked) throw new Error('no candidate');
    const firstWindow = { center: -600, width: 1500, function: 'LINEAR' } as const;
    const match = compareWithPrior(looked, current, prior, () => ({
      start: { fraction: 0.25 },
      firstWindow,
    }));
    const [beside, over] = match?.stages ?? [];
    expect(beside?.tiles.map((tile) => tile?.candidate.displaySetId)).toEqual(['1.1/1.3#0', '1.1/2.4#0']);
    expect(beside?.tiles[1]?.plan).toMatchObject({ start: { fraction: 0.25 }, firstWindow });
    expect(beside?.tiles[0]?.plan.firstWindow).toBeUndefined();
    expect(over?.stage.grid).toEqual({ rows: 2, columns: 2 });
    expect(compareWithPrior(looked, current, [], () => ({}))).toBeUndefined();
  });
});
