// A page of panels, from the committed JSON of a dashboard and real answers of Prometheus.
//
// Data frames, transformations, overrides, mappings, units, names, panel frames, stat tiles and tables are Grafana's own
// code (@grafana/data, @grafana/ui). Graphs, timelines and heatmaps are not in those packages: they are drawn in
// drawings.jsx, plainly. Whatever this shows, it is a preview and not Grafana.
import { applyFieldOverrides, createTheme, Registry, standardTransformers, standardTransformersRegistry } from '@grafana/data';
import { getFieldDisplayValues, getDisplayValueAlignmentFactors, transformDataFrame } from '@grafana/data';
import { BigValue, GlobalStyles, PanelChrome, Table, VizRepeater } from '@grafana/ui';
import { ThemeContext } from '@grafana/data';
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import { createRoot } from 'react-dom/client';
import { useEffect, useState } from 'react';
import { firstValueFrom } from 'rxjs';

import { Graph, Heatmap, Timeline } from './drawings.jsx';
import { framesOf } from './frames.js';

const CELL = 38; // 30 pixels and 8 between two
const GAP = 8;
const STANDARD = ['unit', 'min', 'max', 'decimals', 'displayName', 'noValue', 'thresholds', 'mappings', 'links', 'color'];
const theme = createTheme({ colors: { mode: 'dark' } });

// Some are known by two names.
const transformers = new Map(Object.values(standardTransformers).map((each) => [each.id, each]));
standardTransformersRegistry.setInit(() => [...transformers].map(([id, transformation]) => ({ id, transformation, name: id })));

// What Grafana's editors register; here only so that overrides find their property.
const properties = (panel) => {
  const asked = panel.fieldConfig.overrides.flatMap((override) => override.properties.map((property) => property.id));
  const custom = Object.keys(panel.fieldConfig.defaults.custom ?? {}).map((name) => `custom.${name}`);
  const ids = [...new Set([...STANDARD, ...custom, ...asked])];
  return new Registry(() =>
    ids.map((id) => {
      const isCustom = id.startsWith('custom.');
      const path = isCustom ? id.slice('custom.'.length) : id;
      return { id, path, isCustom, name: id, process: (value) => value, shouldApply: () => true };
    })
  );
};

const replaced = (values) => (text) =>
  String(text).replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (all, a, b) => values[a ?? b]?.join(' + ') ?? all);

async function prepared(panel, answers, values, range) {
  let frames = framesOf(panel, answers, range);
  if (panel.transformations?.length) frames = await firstValueFrom(transformDataFrame(panel.transformations, frames));
  const replaceVariables = replaced(values);
  const fieldConfigRegistry = properties(panel);
  return applyFieldOverrides({ data: frames, fieldConfig: panel.fieldConfig, fieldConfigRegistry, replaceVariables, theme });
}

function Tiles({ panel, data, width, height, values }) {
  const { options, fieldConfig } = panel;
  const getValues = () =>
    getFieldDisplayValues({ fieldConfig, reduceOptions: options.reduceOptions, replaceVariables: replaced(values), theme, data });
  return (
    <VizRepeater
      getValues={getValues}
      getAlignmentFactors={(found) => getDisplayValueAlignmentFactors(found)}
      renderValue={({ value, width, height, alignmentFactors, count }) => (
        <BigValue
          value={value.display} count={count} width={width} height={height} theme={theme} text={options.text}
          alignmentFactors={alignmentFactors} colorMode={options.colorMode} graphMode={options.graphMode}
          justifyMode={options.justifyMode} textMode={options.textMode}
        />
      )}
      width={width} height={height} source={data} itemSpacing={3} renderCounter={0} autoGrid orientation={options.orientation}
    />
  );
}

const Rows = ({ panel, data, width, height }) => (
  <Table data={data[0]} width={width} height={height} initialSortBy={panel.options?.sortBy} cellHeight={panel.options?.cellHeight} />
);

const Nothing = ({ panel, width, height }) => (
  <div style={{ width, height, display: 'grid', placeItems: 'center', color: theme.colors.text.secondary, fontSize: 18 }}>
    {panel.fieldConfig.defaults.noValue ?? 'No data'}
  </div>
);

const VIEWS = { stat: Tiles, table: Rows, timeseries: Graph, 'state-timeline': Timeline, heatmap: Heatmap };

function Panel({ shown, place, range }) {
  const { panel, answers, values } = shown;
  const [data, setData] = useState();
  useEffect(() => void prepared(panel, answers, values, range).then(setData), []);
  const View = data?.some((frame) => frame.length) || panel.type === 'stat' ? VIEWS[panel.type] : Nothing;
  return (
    <div style={{ position: 'absolute', ...place }} data-panel={panel.id}>
      <PanelChrome width={place.width} height={place.height} title={replaced(values)(panel.title)}>
        {(width, height) => data && <View {...{ panel, data, width, height, values, theme, range }} />}
      </PanelChrome>
    </div>
  );
}

// Repeated panels stand side by side, and what follows moves down, as in Grafana.
function placed(panels, width) {
  const column = (width + GAP) / 24;
  const box = (x, y, w, h) => ({
    left: x * column, top: y * CELL, width: w * column - GAP, height: h * CELL - GAP,
  });
  const places = [];
  let moved = 0;
  panels.forEach((shown, i) => {
    const { panel } = shown;
    const first = panels.findIndex((other) => other.panel.id === panel.id);
    const count = panels.filter((other) => other.panel.id === panel.id).length;
    const { x, y, w, h } = panel.gridPos;
    if (!panel.repeat) {
      places.push(box(x, y + moved, w, h));
      return;
    }
    const across = Math.min(count, panel.maxPerRow ?? 4);
    const [row, at] = [Math.floor((i - first) / across), (i - first) % across];
    places.push(box((at * 24) / across, y + moved + row * h, 24 / across, h));
    if (i - first === count - 1) moved += row * h;
  });
  return places;
}

function Page({ panels, range, width }) {
  const places = placed(panels, width);
  const height = Math.max(...places.map((place) => place.top + place.height));
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles isExtensionSidebarOpen={false} />
      <div style={{ position: 'relative', width, height, margin: 16 }} id="page">
        {panels.map((shown, i) => (
          <Panel key={i} shown={shown} place={places[i]} range={range} />
        ))}
      </div>
    </ThemeContext.Provider>
  );
}

window.show = (shown) => createRoot(document.getElementById('root')).render(<Page {...shown} />);
