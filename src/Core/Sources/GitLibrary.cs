using LibGit2Sharp;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>Fetches without the git command: libgit2 knows no shallow fetch by commit, so all history comes along.</summary>
internal static class GitLibrary
{
    /// <summary>Clones and checks out a commit, its submodules too.</summary>
    public static void Clone(ExternalRepo pin, string url, string commit, string path, bool submodules, CancellationToken cancellation)
    {
        try
        {
            var options = new CloneOptions { Checkout = false };
            options.FetchOptions.OnTransferProgress = _ => !cancellation.IsCancellationRequested;
            Repository.Clone(url, path, options);
            using var repository = new Repository(path);
            if (repository.Lookup<Commit>(commit) is not { } found)
                throw GitProblem.Missing(pin, url, commit);
            Commands.Checkout(repository, found);
            if (!submodules)
                return;
            foreach (var module in repository.Submodules.Where(module => module.HeadCommitId is not null))
                Clone(pin, Git.Absolute(module.Url, url), module.HeadCommitId.Sha, Path.Combine(path, module.Path), submodules, cancellation);
        }
        catch (UserCancelledException)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (LibGit2SharpException problem)
        {
            cancellation.ThrowIfCancellationRequested();
            throw GitProblem.Of(pin, url, commit, problem.Message);
        }
    }
}
