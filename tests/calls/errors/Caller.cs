// Calls that fail.
using System;
using System.Collections;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using Metropipe.Fail;

internal static class Caller
{
    private static void Check(string name, object got, object wanted)
    {
        var these = got as Array;
        var those = wanted as Array;
        bool holds = these == null ? object.Equals(got, wanted) : StructuralComparisons.StructuralEqualityComparer.Equals(these, those);
        Console.WriteLine(holds ? "ok " + name : "FAIL " + name + ": got " + got);
    }

    /// <summary>The class and the message of what a call throws.</summary>
    private static string Error(Action call)
    {
        try
        {
            call();
            return "no error";
        }
        catch (Exception thrown)
        {
            return thrown.GetType().Name + ": " + thrown.Message;
        }
    }

    private static void Fails(string name, Action call, params string[] parts)
    {
        string error = Error(call);
        bool holds = Array.TrueForAll(parts, part => error.Contains(part));
        Console.WriteLine(holds ? "ok " + name : "FAIL " + name + ": got " + error);
    }

    private static RemoteException Raised(string how)
    {
        try
        {
            Stub.Fail(how);
        }
        catch (RemoteException error)
        {
            return error;
        }

        throw new InvalidOperationException(how + ": no error");
    }

    private static void Main(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            Console.WriteLine(Error(() => Stub.Fail("")));
            return;
        }

        var value = Raised("value");
        Check(
            "value_error",
            value.RemoteType == "ValueError"
                && value.RemoteMessage == "k must be positive: naïve ☃"
                && value.Message.StartsWith("fail: ValueError: k must", StringComparison.Ordinal),
            true);
        var own = Raised("own");
        Check("own_error", own.RemoteType + ": " + own.RemoteMessage, "Refused: no\nway");
        var tooLong = Raised("long");
        Check(
            "long_message",
            tooLong.RemoteType == "RuntimeError" && tooLong.RemoteMessage.Length >= 1000 && tooLong.RemoteMessage.All(each => each == 'é'),
            true);
        Check("exit_is_an_answer", Raised("exit").RemoteType, "SystemExit");
        Check("empty_message", Raised("empty").RemoteType, "KeyError");
        Check("ordinary_after_errors", Stub.Fail(""), 7);
        var clock = Stopwatch.StartNew();
        string late = Error(() => Metropipe.Doze.Stub.Doze(1.0f, TimeSpan.FromSeconds(0.2)));
        Check(
            "timeout",
            late.StartsWith("CallTimeoutException: doze:", StringComparison.Ordinal) && late.Contains("may still run") && clock.Elapsed.TotalSeconds < 1,
            true);
        Check("ordinary_after_timeout", Metropipe.Doze.Stub.Doze(0.0f), 0.0f);
        string absent = Error(() => Metropipe.Absent.Stub.Absent(1));
        Check(
            "no_provider",
            absent.StartsWith("NoProviderException: absent:", StringComparison.Ordinal)
                && (absent.Contains("absent/provider.py") || absent.Contains("absent_provider.py")),
            true);
        Fails(
            "layout_mismatch",
            () => Metropipe.Changed.Stub.Changed(1),
            "LayoutMismatchException: changed:",
            "(i32)->i32",
            "(i32,string[256])->i32");

        // The variable is read once: in a process of its own.
        var again = new ProcessStartInfo("mono", "\"" + Assembly.GetExecutingAssembly().Location + "\" again");
        again.EnvironmentVariables["METROPIPE_TIMEOUT_MS"] = "soon";
        again.RedirectStandardOutput = true;
        again.UseShellExecute = false;
        using (var process = Process.Start(again))
        {
            string output = process.StandardOutput.ReadToEnd();
            Check("bad_timeout_variable", output.Contains("METROPIPE_TIMEOUT_MS"), true);
        }
    }
}
