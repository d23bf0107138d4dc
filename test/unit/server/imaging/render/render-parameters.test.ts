import { describe, expect, it } from 'vitest';
import { parseRenderParameters } from '../../../../../server/imaging/render/render-parameters.ts';

const parse = (query: Record<string, string>, kind?: 'thumbnail') =>
  parseRenderParameters((name) => query[name], kind);
const refused = expect.objectContaining({ code: 'INVALID_PARAMETER' });

describe('viewport (PS3.18 8.3.5.1.3)', () => {
  it('is a size', () => {
    expect(parse({ viewport: '640,480' }).viewport).toEqual({
      width: 640,
      height: 480,
      flipHorizontally: false,
      flipVertically: false,
    });
  });

  it('takes a region, and flips for negative sizes', () => {
    expect(parse({ viewport: '64,48,10.5,20,-100,50' }).viewport).toEqual({
      width: 64,
      height: 48,
      source: { x: 10.5, y: 20, width: 100, height: 50 },
      flipHorizontally: true,
      flipVertically: false,
    });
  });

  it('leaves empty members to their defaults', () => {
    expect(parse({ viewport: '64,48,,,,-50' }).viewport).toEqual({
      width: 64,
      height: 48,
      source: { x: 0, y: 0, height: 50 },
      flipHorizontally: false,
      flipVertically: true,
    });
    expect(parse({ viewport: '64,48,,,,' }).viewport).not.toHaveProperty('source');
  });

  it.each(['', ' '])('is absent where empty', (viewport) => {
    expect(parse({ viewport })).toEqual({});
  });

  it.each([
    '64',
    '64,',
    ',48',
    '0,48',
    '-64,48',
    '64.5,48',
    '64,48,a',
    '64,48,-1,0',
    '64,48,0,0,0,10',
    '64,48,0,0,1,1,1',
    '9999999999,1',
    '0x10,10',
    '64,48,1e999',
    'NaN,10',
    '64,48,0,0,Infinity,1',
  ])('is refused for %s', (viewport) => {
    expect(() => parse({ viewport })).toThrowError(refused);
  });

  it('of a thumbnail is only a size', () => {
    expect(parse({ viewport: '64,48', window: 'nonsense' }, 'thumbnail')).toEqual({
      viewport: { width: 64, height: 48, flipHorizontally: false, flipVertically: false },
    });
    expect(() => parse({ viewport: '64,48,0,0,1,1' }, 'thumbnail')).toThrowError(refused);
  });
});

describe('window (PS3.18 8.3.5.1.4)', () => {
  it.each([
    ['40,400,linear', { center: 40, width: 400, function: 'LINEAR' }],
    ['-600.5,1500,linear-exact', { center: -600.5, width: 1500, function: 'LINEAR_EXACT' }],
    ['1e3,0.5,sigmoid', { center: 1000, width: 0.5, function: 'SIGMOID' }],
    ['40,400', { center: 40, width: 400, function: 'LINEAR' }],
  ])('reads %s', (window, expected) => {
    expect(parse({ window }).window).toEqual(expected);
  });

  it.each([
    '40',
    '40,',
    'a,b,linear',
    '40,400,cubic',
    '40,400,linear,1',
    '40,0,linear',
    '40,0.5,linear',
    '40,-1,sigmoid',
    '40,0,linear-exact',
    ',,',
  ])('is refused for %s', (window) => {
    expect(() => parse({ window })).toThrowError(refused);
  });
});

describe('the other parameters', () => {
  it('are quality, annotation and iccprofile', () => {
    expect(parse({ quality: '75', annotation: 'technique, patient,patient', iccprofile: 'sRGB' })).toEqual({
      quality: 75,
      annotation: ['technique', 'patient'],
      iccProfile: 'srgb',
    });
  });

  it.each([
    { quality: '0' },
    { quality: '101' },
    { quality: '50.5' },
    { quality: 'best' },
    { quality: '-1' },
    { annotation: 'patient,doctor' },
    { annotation: 'patient,' },
    { iccprofile: 'cmyk' },
  ])('are refused for %o', (query) => {
    expect(() => parse(query as Record<string, string>)).toThrowError(refused);
  });

  it('never repeat what was sent, which could be markup', () => {
    expect(() => parse({ iccprofile: '<script>' })).toThrowError(/^(?!.*script)/);
  });
});
