/** Texts of reformatted volumes (MPR) and slabs, in German. */
export const volumeTexts = {
  volume: {
    plane: {
      axial: 'Axial',
      coronal: 'Koronar',
      sagittal: 'Sagittal',
      acquired: 'Wie aufgenommen',
      oblique: 'Schräg',
    },
    /** The letter of a plane, at the lines that show where it is. */
    letter: { axial: 'A', coronal: 'K', sagittal: 'S', acquired: 'O' },
    reformatted: 'MPR',
    mode: { maximum: 'MIP', minimum: 'MinIP', mean: 'Mittel' },
    modeName: {
      maximum: 'Maximum (MIP)',
      minimum: 'Minimum (MinIP)',
      mean: 'Mittelwert',
    },
    slabOf: '{{mode}} {{thickness}} mm',
    noSlab: 'Keine dicke Schicht',
    slab: 'Dicke Schicht',
    slabThickness: 'Dicke der Schicht in mm',
    slabMillimetres: '{{thickness}} mm',
    slabMenu: 'Ebene und Schichtdicke dieser Ansicht: {{plane}}',
    place: '{{plane}} {{position}} / {{count}}',
    resetPlanes: 'Wieder rechtwinklig',
    filling: '{{loaded}} von {{count}} Schichten: die übrigen sind mit der nächsten gefüllt',
    rotateHandle: 'Ebene {{plane}} drehen: ziehen oder Pfeiltasten (Umschalt: nur diese Ebene)',
    slabHandle: 'Schichtdicke der Ebene {{plane}}: ziehen oder Pfeiltasten',
    refusedTitle: 'Keine Rekonstruktion dieser Serie',
    refusedHint:
      'Die Bilder können einzeln befundet werden; Ebenen durch sie würden den Körper nicht zeigen, wie er ist.',
    refusedClose: 'Zurück zu den Bildern',
    tooLarge:
      'Das Volumen bräuchte {{needed}} MB Speicher; höchstens {{limit}} MB sind dafür frei. Wie viel Bilder belegen dürfen, steht in den Einstellungen.',
    slicesFailed_one: '{{count}} Schicht konnte nicht geladen werden; ihr Platz bleibt schwarz.',
    slicesFailed_other: '{{count}} Schichten konnten nicht geladen werden; ihre Plätze bleiben schwarz.',
    /** The same over the images as they are. */
    stack: {
      tilt: 'Gantry-Kippung {{degrees}}°',
      missingSlices_one: '{{count}} Schicht fehlt ({{places}})',
      missingSlices_other: '{{count}} Schichten fehlen ({{places}})',
      unevenSpacing: 'Schichten {{smallest}} bis {{largest}} mm auseinander',
    },
    finding: {
      tilt: {
        corrected: 'Gantry-Kippung von {{degrees}}° korrigiert.',
        refused: 'Jede Schicht ist gegen die vorige um {{degrees}}° versetzt: zu schräg für ein Volumen.',
      },
      missingSlices: {
        said_one: '{{count}} Schicht fehlt ({{places}}); ihr Platz bleibt schwarz.',
        said_other: '{{count}} Schichten fehlen ({{places}}); ihre Plätze bleiben schwarz.',
      },
      missingAfter: '{{count}} nach Schicht {{after}}',
      missingMore: 'und weitere',
      unevenSpacing: {
        corrected:
          'Ungleiche Schichtabstände, {{smallest}} bis {{largest}} mm: nach wahren Abständen korrigiert.',
        refused: 'Die Schichten liegen {{smallest}} bis {{largest}} mm auseinander, ohne üblichen Abstand.',
      },
      samePlace: {
        refused: '{{images}} Bilder an {{places}} Orten: mehrere Zeitpunkte oder Echos in einer Serie.',
      },
      tooFewSlices: {
        refused_one: 'Nur {{count}} Schicht; ein Volumen braucht mindestens drei.',
        refused_other: 'Nur {{count}} Schichten; ein Volumen braucht mindestens drei.',
      },
      shiftedSlices: { refused: 'Schichten sind seitlich um bis zu {{millimetres}} mm versetzt.' },
      noGeometry: { refused: 'Die Bilder sagen nicht, wo im Patienten sie liegen.' },
      notCalibrated: { refused: 'Die Bilder sagen nicht, wie groß ihre Bildpunkte im Patienten sind.' },
      colour: { refused: 'Die Bilder sind farbig.' },
      mixedOrientation: { refused: 'Die Bilder sind nicht parallel.' },
      mixedSize: { refused: 'Die Bilder haben verschiedene Zeilen- und Spaltenzahlen.' },
      mixedSpacing: { refused: 'Die Bildpunkte der Bilder sind verschieden groß.' },
      mixedFrameOfReference: { refused: 'Die Bilder haben verschiedene Bezugssysteme (Frame of Reference).' },
    },
  },
  command: {
    mpr: 'Rekonstruieren (MPR) oder zurück',
    mprRow: 'Rekonstruieren (MPR) nebeneinander oder zurück',
    showAxial: 'Diese Ansicht: axial',
    showCoronal: 'Diese Ansicht: koronar',
    showSagittal: 'Diese Ansicht: sagittal',
    showAcquired: 'Diese Ansicht: wie aufgenommen, rekonstruiert',
    resetPlanes: 'Ebenen wieder rechtwinklig',
    thickerSlab: 'Dickere Schicht',
    thinnerSlab: 'Dünnere Schicht',
    slabMaximum: 'Dicke Schicht: Maximum (MIP)',
    slabMinimum: 'Dicke Schicht: Minimum (MinIP)',
    slabMean: 'Dicke Schicht: Mittelwert',
  },
} as const;
