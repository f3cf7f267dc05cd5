using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Machines;

/// <summary>The diagnostics VART7008 to VART7019 and VART7022 to VART7024, of other machines.</summary>
[DiagnosticRules]
public static class MachineRules
{
    /// <summary>A machine does not answer.</summary>
    public static readonly DiagnosticRule Unreachable = new("VART7008", Error, "A machine cannot be reached",
        "Machine '{0}' cannot be reached at '{1}': {2}. Make sure that 'ssh {1} true' works without a question, then "
        + "run the same command again. What runs there goes on.");

    /// <summary>The key of a host is not known, or is another one than before.</summary>
    public static readonly DiagnosticRule HostKey = new("VART7009", Error, "The key of a machine is not known",
        "The host key of machine '{0}' at '{1}' is not the one that ssh knows: {2}. Run 'ssh {1}' once and compare the "
        + "fingerprint with the one that the machine's owner gives; 'ssh-keygen -R HOST' forgets the key of a machine "
        + "that was installed anew.");

    /// <summary>A machine refuses the user.</summary>
    public static readonly DiagnosticRule Denied = new("VART7010", Error, "A machine refuses the user",
        "Machine '{0}' at '{1}' refuses the user: {2}. Passwords are never asked for. Load a key into the agent "
        + "('ssh-add'), or name it in ~/.ssh/config, so that 'ssh {1} true' works without a question.");

    /// <summary>There is no ssh command.</summary>
    public static readonly DiagnosticRule NoSsh = new("VART7011", Error, "There is no ssh command",
        "Machine '{0}' is reached by the command 'ssh' of OpenSSH, which is not in PATH. Install it (on Debian and "
        + "Ubuntu, the package openssh-client).");

    /// <summary>A machine is of another kind than those that the SDK measures on, or lacks a program.</summary>
    public static readonly DiagnosticRule Unfit = new("VART7012", Error, "A machine cannot evaluate",
        "Machine '{0}' at '{1}' cannot evaluate: {2}. Linux on x86-64 is needed, with the programs of a Debian or "
        + "Ubuntu.");

    /// <summary>The project uses a file that cannot be sent.</summary>
    public static readonly DiagnosticRule OutsideProject = new("VART7013", Error,
        "The project uses a file that cannot be sent to a machine",
        "The project imports '{0}', which is neither in its repository or folder '{1}' nor in a package, so it cannot "
        + "be sent to machine '{2}'. Move the file into the project, or make it a package.");

    /// <summary>The set-up of a machine failed.</summary>
    public static readonly DiagnosticRule SetUpFailed = new("VART7014", Error, "The set-up of a machine failed",
        "The set-up of machine '{0}' at '{1}' failed with exit code {2}. Its last lines: {3}");

    /// <summary>A step on a machine failed.</summary>
    public static readonly DiagnosticRule StepFailed = new("VART7015", Error, "A step on a machine failed",
        "Machine '{0}' at '{1}': {2} failed: {3}. Mend that on the machine, then run the same command again.");

    /// <summary>The evaluation on a machine ended with errors.</summary>
    public static readonly DiagnosticRule PartFailed = new("VART7016", Error,
        "The evaluation on a machine ended with errors",
        "The evaluation of {0} on machine '{1}' ended with exit code {2}: {3} Its whole output is in '{4}'. What was "
        + "measured there is used.");

    /// <summary>The clocks of two machines differ.</summary>
    public static readonly DiagnosticRule OtherClock = new("VART7017", Advice, "The clock of a machine is off",
        "The clock of machine '{0}' is {1} {2} that of this machine. Times are never compared between machines, but "
        + "the dates of its samples are those of its clock.");

    /// <summary>An experiment is sent to two machines.</summary>
    public static readonly DiagnosticRule TwoMachines = new("VART7018", Error,
        "An experiment is sent to two machines",
        "Experiment '{0}' is sent to the machines '{1}' and '{2}'. Give one of the two machines a Request without the "
        + "experiment, or no Address.");

    /// <summary>An experiment uses the output of an experiment on another machine.</summary>
    public static readonly DiagnosticRule TornApart = new("VART7019", Error,
        "Experiments that belong together are on two machines",
        "Experiment '{0}' uses the output of experiment '{1}', which is evaluated {2}, and it is evaluated {3} itself. "
        + "Send both to one machine.");

    /// <summary>A folder holds no evaluation.</summary>
    public static readonly DiagnosticRule NoEvaluation = new("VART7022", Error, "A folder holds no samples",
        "'{0}' holds no samples of an evaluation: there is no 'experiments/journal.jsonl'. Name the folder "
        + "'evaluation' that was sent to you, or the folder that contains it, as -p:From=FOLDER.");

    /// <summary>It is not known which samples of an evaluation count.</summary>
    public static readonly DiagnosticRule NoCells = new("VART7023", Error,
        "The samples of an experiment on a machine are not known",
        "The evaluation on machine '{0}' says nothing about experiment '{1}', as it was never evaluated there to its "
        + "end. Evaluate it there, or send it to a machine.");

    /// <summary>No machine has an address.</summary>
    public static readonly DiagnosticRule NoAddress = new("VART7024", Error, "No machine has an address",
        "No machine of the request has an address. Pass the properties with which the evaluation was sent, such as "
        + "-p:ArtifactMachine=user@host.");
}
