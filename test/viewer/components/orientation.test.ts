import { describe, expect, it } from 'vitest';
import {
  directionLetters,
  oppositeLetters,
  orientationMarkers,
} from '../../../viewer/viewport/orientation.ts';

const axialScreen = { right: [1, 0, 0], down: [0, 1, 0] } as const;
const withPlane = { rowDirection: [1, 0, 0], patientOrientation: [] } as const;

describe('directionLetters', () => {
  it('names the six directions of the patient (PS3.3 C.7.6.1.1.1)', () => {
    const directions = [
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
      [0, 0, -1],
    ] as const;
    expect(directions.map(directionLetters)).toEqual(['L', 'R', 'P', 'A', 'H', 'F']);
  });

  it('names oblique directions by their largest parts first, and leaves small ones out', () => {
    expect(directionLetters([0.5, -0.8, 0.1])).toBe('AL');
  });
});

describe('orientationMarkers', () => {
  it('puts the right of the patient at the left of an axial slice', () => {
    expect(orientationMarkers(withPlane, axialScreen)).toEqual({
      top: 'A',
      right: 'L',
      bottom: 'P',
      left: 'R',
    });
  });

  it('follows a mirrored picture', () => {
    const mirrored = { right: [-1, 0, 0], down: [0, 1, 0] } as const;
    expect(orientationMarkers(withPlane, mirrored)).toMatchObject({ left: 'L', right: 'R', top: 'A' });
  });

  it('takes Patient Orientation where there is no plane', () => {
    const image = { rowDirection: undefined, patientOrientation: ['A', 'FR'] };
    expect(orientationMarkers(image, axialScreen)).toEqual({
      top: 'HL',
      right: 'A',
      bottom: 'FR',
      left: 'P',
    });
  });

  it('turns Patient Orientation with the picture', () => {
    const image = { rowDirection: undefined, patientOrientation: ['L', 'F'] };
    // A quarter turn clockwise: rows run down, columns run to the left.
    const turned = { right: [0, -1, 0], down: [1, 0, 0] } as const;
    expect(orientationMarkers(image, turned)).toEqual({ top: 'R', right: 'H', bottom: 'L', left: 'F' });
  });

  it('shows nothing rather than a guess', () => {
    expect(
      orientationMarkers({ rowDirection: undefined, patientOrientation: [] }, axialScreen),
    ).toBeUndefined();
    expect(oppositeLetters('LE')).toBe('');
  });
});
