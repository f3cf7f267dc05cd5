
namespace Verus.Artifact.Tests.World;

/// <summary>Makes, from a seed, a folder with all kinds of files that a file system can contain.</summary>
internal static class HostileTree
{
    // File names are bytes, and .NET cannot make all of them.
    public const string Script = """
        import os, random, socket, stat, sys
        seed, root, secret = int(sys.argv[1]), os.fsencode(sys.argv[2]), os.fsencode(sys.argv[3])
        rng = random.Random(seed)
        names = [b'a', b'b.txt', b'-rf', b'with space', b'new\nline', b'tab\t', b'quote"\'', b'back\\slash', b'*', b'?', b'[x]', b'\xff\xfe', b'caf\xe9', 'ж文🙂'.encode(),
                 b'\x1b[31mred', '\u202eevil'.encode(), b'CON', b'NUL.txt', b'...', b'x' * 255, b'stdout.txt', b'stderr.txt', b'.git', b'$(id)', b'%41', b'{work}', b'a;b', b'a=b']
        def make(folder, depth, left):
            for name in rng.sample(names, rng.randint(1, 8)):
                path = os.path.join(folder, name)
                if os.path.lexists(path):
                    continue
                kind = rng.choice(['file', 'file', 'folder', 'folder', 'link', 'dangling', 'self', 'up', 'secret', 'root', 'zero', 'fifo', 'socket', 'setuid', 'sparse', 'closed', 'hard', 'blind'])
                try:
                    if kind == 'file':
                        open(path, 'wb').write(rng.randbytes(rng.randint(0, 200)))
                    elif kind == 'folder' and depth < 5:
                        os.mkdir(path); make(path, depth + 1, left)
                    elif kind == 'link': os.symlink(b'a', path)
                    elif kind == 'dangling': os.symlink(b'/no/such/place', path)
                    elif kind == 'self': os.symlink(name, path)
                    elif kind == 'up': os.symlink(rng.choice([b'.', b'..', b'../..']), path)
                    elif kind == 'secret': os.symlink(secret, path)
                    elif kind == 'root': os.symlink(b'/', path)
                    elif kind == 'zero': os.symlink(b'/dev/zero', path)
                    elif kind == 'fifo': os.mkfifo(path)
                    elif kind == 'socket' and len(path) < 100: socket.socket(socket.AF_UNIX).bind(path)
                    elif kind == 'setuid':
                        open(path, 'wb').write(b'#!/bin/sh\n'); os.chmod(path, 0o6755)
                    elif kind == 'sparse':
                        with open(path, 'wb') as f: f.truncate(1 << 37)
                    elif kind == 'closed' and depth < 5:
                        os.mkdir(path); make(path, depth + 1, left); os.chmod(path, 0)
                    elif kind == 'hard': os.link(secret, path)
                    elif kind == 'blind':
                        open(path, 'wb').write(b'x'); os.chmod(path, 0)
                except OSError as problem:
                    print('not here:', kind, problem.strerror, file=sys.stderr)
        os.makedirs(root, exist_ok=True)
        make(root, 0, 200)
        print('value=5')
        """;

    /// <summary>Makes a tree.</summary>
    public static void Make(string script, int seed, string root, string secret) =>
        Programs.Run("python3", script, seed.ToString(), root, secret).Succeeds();

    /// <summary>Removes anything.</summary>
    public static void Remove(string folder)
    {
        foreach (var command in new[] { new[] { "chmod", "-R", "u+rwX", folder }, ["rm", "-rf", folder] })
            Programs.Run(command[0], command[1..]);
    }
}
