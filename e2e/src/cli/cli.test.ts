import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startServer, TEST_SECRET } from '@carillon/testkit';
import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';

describe('carillon serve', () => {
  it('stops at bad settings and lists every problem with its fix, the taken port too', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => occupant.once('listening', resolve));
    const { port } = occupant.address() as AddressInfo;
    const { code, stderr } = await runCli(['serve'], {
      PORT: String(port),
      SERVICE_ROLE: 'choir',
      WS_HEARTBEAT_INTERVAL: '45000',
    });
    occupant.close();
    expect(code).toBe(1);
    expect(stderr).toContain('the configuration has 3 problem(s)');
    expect(stderr).toContain(
      'SERVICE_ROLE: "choir" is not a known application kind; use one of combined, http, websocket, worker',
    );
    expect(stderr).toContain('WS_HEARTBEAT_INTERVAL: 45000 means 12.5 hours');
    expect(stderr).toContain(`PORT: ${port} on 127.0.0.1 is taken`);
  });

  it('refuses production without a secret and names the variable', async () => {
    const { code, stderr } = await runCli(['serve'], { NODE_ENV: 'production', PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toContain('set JWT_SECRET');
  });
});

describe('a running server', () => {
  it('drains when its process group is stopped, though the signal comes twice', async () => {
    const server = await startServer();
    process.kill(server.pid, 'SIGTERM');
    process.kill(server.pid, 'SIGINT');
    expect(await server.exited).toBe(0);
    expect(server.output()).toContain('"msg":"stopped"');
    await server.stop();
  });
});

describe('carillon token', () => {
  it('prints a token that the configured secret verifies', async () => {
    const { code, stdout } = await runCli(
      ['token', '--sub', 'alice', '--ttl', '5m', '--channels', 'news:a,news:b'],
      { JWT_SECRET: TEST_SECRET },
    );
    expect(code).toBe(0);
    const { payload } = await jwtVerify(stdout.trim(), new TextEncoder().encode(TEST_SECRET));
    expect(payload).toMatchObject({ sub: 'alice', channels: ['news:a', 'news:b'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  });

  it('uses the development secret of the data folder, the same every time', async () => {
    const DATA_DIR = await temporaryFolder();
    const first = await runCli(['token', '--sub', 'alice'], { DATA_DIR });
    const second = await runCli(['token', '--sub', 'alice'], { DATA_DIR });
    expect(decodeJwt(first.stdout.trim()).sub).toBe('alice');
    expect(second.code).toBe(0);
  });

  it('asks for a user', async () => {
    const { code, stderr } = await runCli(['token']);
    expect(code).toBe(2);
    expect(stderr).toContain('carillon token --sub alice');
  });
});

describe('carillon check-config', () => {
  it('shows what is in force and hides secrets', async () => {
    const { code, stdout } = await runCli(['check-config'], {
      JWT_SECRET: TEST_SECRET,
      PORT: '9000',
    });
    expect(code).toBe(0);
    expect(stdout).toContain('PORT=9000');
    expect(stdout).toContain('JWT_SECRET=(hidden)');
    expect(stdout).toContain('combined on 127.0.0.1:9000, engine memory, SQLite');
    expect(stdout).not.toContain(TEST_SECRET);
  });
});

describe('carillon migrate', () => {
  it('makes the database once, and has nothing to do the second time', async () => {
    const DATA_DIR = await temporaryFolder();
    const first = await runCli(['migrate'], { DATA_DIR });
    expect(first.stdout).toContain('applied ');
    const second = await runCli(['migrate'], { DATA_DIR });
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('is up to date') });
  });
});

describe('carillon', () => {
  it('--help names every command and setting', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'serve',
      'token --sub',
      'check-config',
      'migrate',
      'WS_HEARTBEAT_INTERVAL',
    ]) {
      expect(stdout).toContain(word);
    }
  });

  it('says which commands there are when it is given another', async () => {
    const { code, stderr } = await runCli(['sing']);
    expect(code).toBe(2);
    expect(stderr).toContain('"sing" is not a command; use serve, token, check-config, migrate');
  });

  it('refuses unknown options', async () => {
    const { code, stderr } = await runCli(['serve', '--prot', '1']);
    expect(code).toBe(2);
    expect(stderr).toContain('--prot');
  });
});
