import { describe, expect, it } from 'vitest';
import { serviceFileTemplate, type TemplateAnswers } from '../../src/config/template.ts';
import { load } from './writeFile.ts';

const ANSWERS: TemplateAnswers = {
  service: 'shop',
  command: ['node', 'app.js'],
  ports: { blue: 9101, green: 9102 },
  listen: '127.0.0.1:8080',
  readinessPath: '/ready',
  identity: { path: '/version', json: 'version' },
};

describe('the service file that init writes', () => {
  it('is ten lines and says what was answered', async () => {
    const text = serviceFileTemplate(ANSWERS);
    expect(text.trimEnd().split('\n')).toHaveLength(10);
    const { config, warnings } = await load(text);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      service: 'shop',
      router: { type: 'local', listen: '127.0.0.1:8080' },
      environment: { type: 'local', command: ['node', 'app.js'], ports: ANSWERS.ports, readiness: { path: '/ready' } },
      identity: { path: '/version', json: 'version' },
      smokeTests: [{ name: 'health', path: '/ready' }],
    });
  });

  it.each([
    [['sh', '-c', 'echo "a: b" # c\nexec node app.js']],
    [['./run', '', '~', 'yes', '12', '- x', '{version}', '*a', "it's"]],
    [['node', `--title=${'long '.repeat(60)}`]],
  ])('keeps every argument of %j as it is', async (command) => {
    expect((await load(serviceFileTemplate({ ...ANSWERS, command }))).config.environment.command).toEqual(command);
  });

  it('leaves identity out where the program does not say its version', async () => {
    const { identity: _, ...answers } = ANSWERS;
    expect((await load(serviceFileTemplate(answers))).config.identity).toBeUndefined();
  });
});
