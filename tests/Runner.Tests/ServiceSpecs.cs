using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

public sealed class ServiceSpecs : RunnerFixture
{
    private ServiceSpec Service(string script) => new()
    {
        Name = "server",
        Command = Shell(script) with { StandardOutput = In("server.txt"), StandardError = In("server-err.txt") },
        ReadyText = "[[READY]]",
        ReadyTimeoutSeconds = 20,
    };

    [Fact]
    public void The_command_starts_when_the_service_is_ready_and_the_service_is_gone_afterwards()
    {
        var service = Service("sleep 0.3; touch ready; echo '[[READY]]'; sleep 100");
        var result = Run(Job(Command("ls", "ready")) with { Services = [service] });
        result.ExitCode.ShouldBe(0);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_is_ready_when_its_port_accepts()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var port = ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var server =
            $"import socket,time; time.sleep(0.3); s=socket.socket(); s.bind(('127.0.0.1',{port})); s.listen(9); "
                + "time.sleep(100)";
        var service = Service("") with
        {
            Command = Command("python3", "-c", server) with
            {
                StandardOutput = In("server.txt"),
                StandardError = In("server-err.txt")
            },
            ReadyText = null,
            ReadyPort = port
        };
        Run(Job(Command("python3", "-c", $"import socket; socket.create_connection(('127.0.0.1',{port}))")) with
        {
            Services = [service]
        }).ExitCode.ShouldBe(0);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_that_is_never_ready_fails_the_job_by_name()
    {
        var result =
            Run(
                Job(Command("true")) with
                {
                    Services = [Service("echo starting; sleep 100") with { ReadyTimeoutSeconds = 0.3 }]
                });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("'server'");
        result.Error!.ShouldContain("starting");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_that_dies_at_once_fails_the_job_with_its_last_words()
    {
        var result = Run(Job(Command("true")) with { Services = [Service("echo no licence >&2; exit 3")] });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("no licence");
    }

    [Fact]
    public void A_service_that_dies_under_load_ends_the_command()
    {
        var result =
            Run(
                Job(Command("sleep", "100")) with
                {
                    Services = [Service("echo '[[READY]]'; sleep 0.3; echo out of disk; exit 1")]
                });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("out of disk");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void Cpu_time_of_a_service_is_not_the_commands()
    {
        var service = Service($"echo '[[READY]]'; '{Dummy}' burn 100");
        var measured = Run(Job(Command("sleep", "0.5")) with { Services = [service] }).Measurement!;
        (measured.UserSeconds + measured.SystemSeconds).ShouldBeLessThan(0.3);
    }

    [Fact]
    public void A_port_that_another_program_has_is_not_taken_for_the_service()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        var result = Run(
            Job(Command("true")) with
            {
                Services = [Service("sleep 100") with { ReadyText = null, ReadyPort = port }]
            });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain($"port {port}");
    }

    [Fact]
    public void A_service_may_say_on_standard_error_that_it_is_ready() =>
        Run(
            Job(Command("true")) with
            {
                Services = [Service("printf '[[RE' >&2; sleep 0.1; echo 'ADY]]' >&2; sleep 100")]
            }).ExitCode.ShouldBe(
                    0);

    [Fact]
    public void Services_start_one_after_the_other()
    {
        var first = Service("sleep 0.2; touch first; echo '[[READY]]'; sleep 100");
        var second = Service("[ -e first ] && echo '[[READY]]'; sleep 100") with { Name = "second" };
        second = second with
        {
            Command = second.Command with
            {
                StandardOutput = In("second.txt"),
                StandardError = In("second-err.txt")
            }
        };
        Run(Job(Command("true")) with { Services = [first, second] }).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void All_processes_of_a_service_are_asked_to_end()
    {
        const string Child =
            "trap 'sleep 0.2; echo saved > saved; exit' TERM; echo [[READY]]; while :; do sleep 0.01; done";
        Run(Job(Command("true")) with
        {
            Services = [Service($"sh -c \"{Child}\" & wait")],
            KillGraceSeconds = 20
        }).ExitCode.ShouldBe(0);
        File.ReadAllText(In("saved")).ShouldBe("saved\n");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_that_ignores_the_polite_signal_is_killed()
    {
        Run(
            Job(Command("true")) with
            {
                Services = [Service("trap '' TERM; echo '[[READY]]'; while :; do sleep 1; done")],
                KillGraceSeconds = 0.1
            }).ExitCode.ShouldBe(0);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void What_a_service_starts_during_a_warm_up_lives_on_for_the_measured_run()
    {
        // The worker's parent ends, so that only the session shows to which service the worker belongs.
        var service = Service("echo '[[READY]]'; sleep 0.2; sh -c 'sleep 100 & echo $! > worker'; sleep 100");
        var command = Shell("while ! [ -s worker ]; do sleep 0.01; done; kill -0 $(cat worker)");
        var result = Run(Job(command) with { Services = [service], WarmUps = 1, TimeoutSeconds = 30 });
        result.ExitCode.ShouldBe(0);
        result.Leftovers.ShouldBe(0);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_that_cannot_be_started_fails_the_job_by_name()
    {
        var result =
            Run(Job(Command("true")) with { Services = [Service("") with { Command = Command("no-such-program") }] });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("Service 'server': 'no-such-program' cannot be started");
    }

    [Fact]
    public void A_command_that_fails_because_its_service_died_is_not_blamed()
    {
        var result =
            Run(Job(Shell("kill -9 $(cat server.pid); sleep 0.1; exit 1")) with
            {
                Services = [Service("echo $$ > server.pid; echo '[[READY]]'; sleep 100")]
            });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("signal 9");
    }
}
